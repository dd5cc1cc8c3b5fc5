package io.dendra.sweep.execution;

import io.dendra.sweep.Objective;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/** Objectives by the names of their classes: what another process can be told. */
public final class ObjectiveClass {
  private ObjectiveClass() {}

  /**
   * Makes the objective of a class.
   *
   * @throws IllegalArgumentException when the class is not found, is no {@link Objective}, or has
   *     no public constructor without arguments, or when that fails
   */
  public static Objective make(String name) {
    Class<?> type;
    try {
      type = Class.forName(name, true, loader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "objective class '" + name + "' cannot be loaded: is it on the class path? " + e, e);
    }
    requireMakeable(type);
    try {
      return (Objective) type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of objective " + name + " failed: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("objective " + name + " cannot be made: " + e, e);
    }
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : ObjectiveClass.class.getClassLoader();
  }

  /**
   * The name by which another process can make such an objective.
   *
   * @throws IllegalArgumentException when none can, with what to do
   */
  static String name(Objective objective) {
    requireMakeable(objective.getClass());
    return objective.getClass().getName();
  }

  /**
   * Refuses a class that another process could not make.
   *
   * @throws IllegalArgumentException with what to do
   */
  public static void requireMakeable(Class<?> type) {
    if (type.isHidden() || type.isSynthetic() || type.isAnonymousClass() || type.isLocalClass()) {
      throw unfit(type, "is a lambda, an anonymous or a local class, which lives in one JVM only");
    }
    if (!Objective.class.isAssignableFrom(type)) {
      throw unfit(type, "does not implement " + Objective.class.getName());
    }
    if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
      throw unfit(type, "is not public, or abstract");
    }
    if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      throw unfit(type, "is an inner class that is not static");
    }
    boolean makeable =
        Arrays.stream(type.getConstructors())
            .anyMatch(constructor -> constructor.getParameterCount() == 0);
    if (!makeable) {
      throw unfit(type, "has no public constructor without arguments");
    }
  }

  private static IllegalArgumentException unfit(Class<?> type, String why) {
    return new IllegalArgumentException(
        "another process cannot make objective "
            + type.getName()
            + ": it "
            + why
            + ". Write a public class with a public constructor without arguments");
  }
}
