package io.dendra.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

/** The modules of the build, told apart by where their classes lie and not by package. */
enum Modules {
  CORE("/core/target/", "/dendra-core"),
  TCK("/backend-tck/target/", "/dendra-backend-tck"),
  CPU_BACKEND("/cpu-backend/target/", "/dendra-cpu"),
  CUDA_BACKEND("/cuda-backend/target/", "/dendra-cuda"),
  SWEEP("/sweep/target/", "/dendra-sweep");

  static final String[] NATIVE_PACKAGES = {"org.nd4j..", "org.bytedeco.."};
  static final String JCUDA = "jcuda..";

  private final String build;
  private final String jar;

  Modules(String build, String jar) {
    this.build = build;
    this.jar = jar;
  }

  static DescribedPredicate<JavaClass> in(Modules module) {
    return DescribedPredicate.describe(
        "lie in module " + module,
        type ->
            type.getBaseComponentType()
                .getSource()
                .map(source -> source.getUri().toString())
                .filter(uri -> uri.contains(module.build) || uri.contains(module.jar))
                .isPresent());
  }
}
