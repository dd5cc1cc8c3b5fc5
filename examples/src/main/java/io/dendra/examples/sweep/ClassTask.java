package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Objective;
import io.dendra.sweep.execution.ProcessExecutor;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An objective of the user's, by the name of its class. */
final class ClassTask implements SweepTask {
  private final String name;
  private final List<String> classPath;

  ClassTask(String name, List<String> classPath) {
    this.name = name;
    this.classPath = List.copyOf(classPath);
  }

  @Override
  public List<Direction> directions() {
    return List.of(Direction.MINIMIZE);
  }

  /** The loader stays open: the objective may need more classes at any time. */
  @Override
  public Objective objective(Terminal terminal) {
    return made(load(new URLClassLoader(urls(), Objective.class.getClassLoader())));
  }

  /** A process finds the class where this one does. */
  @Override
  public ProcessExecutor processes() {
    List<String> path = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    path.addAll(classPath);
    return ProcessExecutor.perSlot()
        .environment(slot -> Map.of("CLASSPATH", String.join(File.pathSeparator, path)));
  }

  private Class<?> load(ClassLoader loader) {
    try {
      return Class.forName(name, true, loader);
    } catch (ClassNotFoundException e) {
      throw new Failure(
          "there is no class '"
              + name
              + "' "
              + (classPath.isEmpty()
                  ? "on the class path: --classpath names the jar or folder that has it"
                  : "in " + String.join(File.pathSeparator, classPath)),
          e);
    } catch (LinkageError e) {
      throw new Failure("class '" + name + "' cannot be loaded: " + e, e);
    }
  }

  private Objective made(Class<?> type) {
    if (!Objective.class.isAssignableFrom(type)) {
      throw new Failure("class '" + name + "' does not implement " + Objective.class.getName());
    }
    try {
      return (Objective) type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new Failure("class '" + name + "' failed when it was made: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new Failure(
          "class '"
              + name
              + "' has to be public, not abstract, with a public constructor of no"
              + " arguments",
          e);
    }
  }

  private URL[] urls() {
    List<URL> urls = new ArrayList<>();
    for (String part : classPath) {
      Path path = Path.of(part);
      if (!Files.exists(path)) {
        throw new Failure("--classpath " + part + ": there is no such file or folder");
      }
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new Failure("--classpath " + part + " cannot be read", e);
      }
    }
    return urls.toArray(URL[]::new);
  }
}
