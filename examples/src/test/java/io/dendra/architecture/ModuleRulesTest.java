package io.dendra.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.dendra.architecture.Modules.CORE;
import static io.dendra.architecture.Modules.CPU_BACKEND;
import static io.dendra.architecture.Modules.CUDA_BACKEND;
import static io.dendra.architecture.Modules.SWEEP;
import static io.dendra.architecture.Modules.TCK;
import static io.dendra.architecture.Modules.in;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What a module may see of the others and of the libraries. */
@AnalyzeClasses(packages = "io.dendra", importOptions = DoNotIncludeTests.class)
class ModuleRulesTest {
  /** The second package is that of primitives. */
  @ArchTest
  static final ArchRule coreNeedsTheJdkAndSlf4jAlone =
      classes()
          .that(in(CORE))
          .should(
              onlyDependOnClassesThat(
                  in(CORE).or(resideInAnyPackage("java..", "", "org.slf4j.."))));

  @ArchTest
  static final ArchRule librariesPointAtCore =
      noClasses()
          .that(in(CPU_BACKEND))
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.dendra..").and(in(CORE).or(in(CPU_BACKEND)).negate()));

  @ArchTest
  static final ArchRule theCudaBackendPointsAtCore =
      noClasses()
          .that(in(CUDA_BACKEND))
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.dendra..").and(in(CORE).or(in(CUDA_BACKEND)).negate()));

  /** So core knows nothing of it: {@link #coreNeedsTheJdkAndSlf4jAlone}. */
  @ArchTest
  static final ArchRule sweepsPointAtCore =
      noClasses()
          .that(in(SWEEP))
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.dendra..").and(in(CORE).or(in(SWEEP)).negate()));

  /** Behind the four interfaces of its package {@code driver}. */
  @ArchTest
  static final ArchRule onePackageSeesJCuda =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dendra.backend.cuda.jcuda..", Modules.JCUDA)
          .should()
          .dependOnClassesThat(resideInAnyPackage(Modules.JCUDA));

  @ArchTest
  static final ArchRule theInterfacesOfTheDriverKnowNoJCuda =
      noClasses()
          .that()
          .resideInAnyPackage("io.dendra.backend.cuda.driver..", "io.dendra.backend.cuda.library..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.dendra.backend.cuda.jcuda.."));

  @ArchTest
  static final ArchRule theKitKnowsNoBackend =
      noClasses()
          .that(in(TCK))
          .should()
          .dependOnClassesThat(resideInAPackage("io.dendra..").and(in(CORE).or(in(TCK)).negate()));

  @ArchTest
  static final ArchRule onlyTheCpuBackendSeesItsNatives =
      noClasses()
          .that(in(CPU_BACKEND).negate())
          .should()
          .dependOnClassesThat(resideInAnyPackage(Modules.NATIVE_PACKAGES));

  @ArchTest
  static final ArchRule theCpuBackendKeepsItsNativesToItself =
      classes().that(in(CPU_BACKEND)).and().arePublic().should(new ExposeNoNatives());
}
