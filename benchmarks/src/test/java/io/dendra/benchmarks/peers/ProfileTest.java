package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backend;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.Buffer;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private final CallProfile profile = new CallProfile();
  private final BackendProvider provider =
      new BackendProbe(profile).around(Backends.provider("reference"));

  private static View view(Backend backend) {
    Buffer buffer = backend.allocate(12);
    return new View(buffer, DType.FLOAT32, Layout.contiguous(Shape.of(3)));
  }

  /** A step of one tanh in six calls. */
  private static void step(Backend backend) {
    View x = view(backend);
    View y = view(backend);
    backend.fill(x, 0.5);
    backend.unary(UnaryOp.TANH, x, y);
    backend.free(x.buffer());
    backend.free(y.buffer());
  }

  @Test
  void callsAreAddedUpByPartAndInTurnsToldApart() {
    Backend backend = provider.open(0);
    step(backend);
    profile.nextStep();
    step(backend);
    profile.nextStep();
    step(backend);
    profile.nextStep();

    assertThat(profile.steps()).isEqualTo(2);
    assertThat(profile.calls()).isEqualTo(6);
    assertThat(profile.calls(Part.ELEMENTWISE)).isEqualTo(1);
    assertThat(profile.calls(Part.ALLOCATION)).isEqualTo(4);
    assertThat(profile.calls(Part.COPY)).isEqualTo(1);
    assertThat(profile.millis(Part.ELEMENTWISE)).isPositive().isLessThan(profile.stepMillis());
    assertThat(profile.hostMillis()).isPositive();
    assertThat(profile.costliest(10))
        .extracting(cost -> cost.call().name())
        .containsExactlyInAnyOrder("unary", "allocate", "fill", "free");
    assertThat(profile.costliest(10))
        .filteredOn(cost -> cost.call().name().equals("unary"))
        .singleElement()
        .satisfies(
            cost -> {
              assertThat(cost.call().operands()).isEqualTo("TANH [3] [3]");
              assertThat(cost.perStep()).isEqualTo(1);
            });
  }

  @Test
  void theBackendUnderneathDoesTheWork() {
    Backend backend = provider.open(0);
    View x = view(backend);
    backend.fromHost(new float[] {1, 4, 9}, 0, x);
    View y = view(backend);
    backend.unary(UnaryOp.SQRT, x, y);
    float[] values = new float[3];
    backend.toHost(y, values, 0);

    assertThat(values).containsExactly(1, 2, 3);
    assertThat(provider.name()).isEqualTo("reference");
    assertThatThrownBy(() -> backend.fromHost("text", 0, x))
        .isNotInstanceOf(UndeclaredThrowableException.class);
  }

  @Test
  void everyMethodThatComputesBelongsToAPart() {
    List<String> others = List.of("device", "close", "synchronize", "capture");

    assertThat(Arrays.stream(Backend.class.getMethods()).map(method -> method.getName()))
        .filteredOn(name -> !others.contains(name))
        .allSatisfy(name -> assertThat(Part.ofMethod(name)).isNotEqualTo(Part.OTHER));
  }

  @Test
  void theTableNamesPartsCallsAndPrimitives() {
    Backend backend = provider.open(0);
    for (int i = 0; i < 3; i++) {
      profile.nextStep();
      step(backend);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ProfileTable(
            PeerOptions.parse(List.of("lenet")),
            12.5,
            profile,
            List.of(new OneDnnTrace.Primitive("reorder", "jit:uni,a|b", 2, 0.25)))
        .print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("## lenet, dendra: 12.50 ms per step")
        .contains("| elementwise |")
        .contains("| host: everything else |")
        .contains("for each of 6 calls")
        .contains("| unary | TANH [3] [3] |")
        .contains("| reorder | 0.2500 | 100.0 % |")
        .contains("| reorder | jit:uni,a\\|b | 0.2500 | 2 |");
  }

  @Test
  void linesOfOneDnnBecomePrimitivesPerStep() {
    String conv = "onednn_verbose,v1,primitive,exec,cpu,convolution,jit,forward,mb1,";
    String once = "onednn_verbose,v1,primitive,exec,cpu,reorder,jit,undef,8x8,5.0";
    List<OneDnnTrace.Primitive> primitives =
        OneDnnTrace.parse(
            List.of(
                "onednn_verbose,v1,info,oneDNN v3.11.0",
                once,
                conv + "90",
                conv + "3",
                conv + "2",
                conv + "4",
                "something else"),
            4);

    assertThat(primitives)
        .containsExactly(new OneDnnTrace.Primitive("convolution", "jit,forward,mb1", 1, 3.5));
  }
}
