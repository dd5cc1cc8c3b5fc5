package io.dendra.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.dendra.architecture.Modules.CORE;
import static io.dendra.architecture.Modules.in;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** What the packages of core may see of each other, and what no class does. */
@AnalyzeClasses(packages = "io.dendra", importOptions = DoNotIncludeTests.class)
class PackageRulesTest {
  private static final String[] NETWORKS = {
    "io.dendra.nn..", "io.dendra.models..", "io.dendra.training..", "io.dendra.serialization.."
  };

  @ArchTest
  static final ArchRule backendsKnowNoOpsAndNoGradients =
      noClasses()
          .that(in(CORE))
          .and()
          .resideInAPackage("io.dendra.backend..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.dendra.ops..", "io.dendra.autograd..", "io.dendra.data..")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(NETWORKS);

  @ArchTest
  static final ArchRule tensorsKnowNoNetworks =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.dendra.tensor..",
              "io.dendra.ops..",
              "io.dendra.autograd..",
              "io.dendra.random..",
              "io.dendra.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(NETWORKS);

  /** They know the edges of the functional API, which lie in models: calling a layer makes one. */
  @ArchTest
  static final ArchRule layersKnowNoTraining =
      noClasses()
          .that()
          .resideInAPackage("io.dendra.nn..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.dendra.training..", "io.dendra.data..");

  /**
   * Else a layer would have no gradient, and no decorator of the dispatcher would see its work.
   * What carries values between devices moves memory, below ops.
   */
  @ArchTest
  static final ArchRule networksComputeThroughOps =
      noClasses()
          .that()
          .resideInAnyPackage(NETWORKS)
          .or()
          .resideInAPackage("io.dendra.data..")
          .and()
          .resideOutsideOfPackage("io.dendra.training.parallel..")
          .should()
          .callMethodWhere(target(owner(assignableTo("io.dendra.backend.Backend"))));

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl");

  /** Forbidden APIs guard the library; this covers the examples and benchmarks as well. */
  @ArchTest
  static final ArchRule randomNumbersComeFromKeys =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class)
          .orShould()
          .callMethod(Math.class, "random");
}
