package io.dendra.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** No ND4J or JavaCPP type in what users of a class can name: its parents and visible members. */
final class ExposeNoNatives extends ArchCondition<JavaClass> {
  ExposeNoNatives() {
    super("expose no type of ND4J or JavaCPP");
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    List<JavaClass> parents = new ArrayList<>(type.getAllRawSuperclasses());
    parents.addAll(type.getAllRawInterfaces());
    report(type, type.getFullName(), parents, events);
    type.getFields().stream()
        .filter(ExposeNoNatives::isVisible)
        .forEach(field -> report(type, field.getFullName(), mentioned(field), events));
    type.getCodeUnits().stream()
        .filter(ExposeNoNatives::isVisible)
        .forEach(unit -> report(type, unit.getFullName(), mentioned(unit), events));
  }

  private static boolean isVisible(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static List<JavaClass> mentioned(JavaMember member) {
    List<JavaClass> types = new ArrayList<>(member.getAllInvolvedRawTypes());
    if (member instanceof JavaCodeUnit unit) {
      types.addAll(unit.getThrowsClause().getTypes());
    }
    return types;
  }

  private static void report(
      JavaClass type, String where, List<JavaClass> mentioned, ConditionEvents events) {
    mentioned.stream()
        .map(JavaClass::getBaseComponentType)
        .filter(resideInAnyPackage(Modules.NATIVE_PACKAGES))
        .forEach(
            hit ->
                events.add(
                    SimpleConditionEvent.violated(type, where + " exposes " + hit.getFullName())));
  }
}
