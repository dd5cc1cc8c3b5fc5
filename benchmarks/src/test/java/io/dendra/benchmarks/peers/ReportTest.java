package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir Path folder;

  private static String line(String peer, String workload, double millis) {
    return new Measurement(peer, "1", workload, millis, 1, 99, 1, 0, 300, 0.5, 2, 1, 0).format();
  }

  private String report(String machine, String... lines) throws IOException {
    Path measurements = folder.resolve("peers.csv");
    Path speed = folder.resolve("peers.machine");
    Files.writeString(measurements, Measurement.HEADER + "\n" + String.join("\n", lines) + "\n");
    Files.writeString(speed, machine);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Report.run(List.of(measurements.toString(), speed.toString()), out);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void dendraStandsBesideTheFastestOtherAndTheFloor() throws IOException {
    String report =
        report(
            "gflops=214.7\ngigabytes_per_s=40\ngflops=100\n",
            line("dendra", "matmul1024", 12.5),
            line("fast", "matmul1024", 16),
            line("slow", "matmul1024", 100),
            line("dendra", "matmul1024", 7.5),
            line("dendra", "matmul1024", 25),
            line("slow", "lenet", 50));

    assertThat(report)
        .contains("215 GFLOP/s")
        .contains("| matmul1024 | 12.5 (7.50–25.0) | 16.0 | 100 | fast | 0.78 | 10.0 | 80 % | 10.0")
        .contains("| lenet | – | – | 50.0 | slow | – |")
        .contains("| matmul1024 | 300 | 300 | 300 |")
        .contains("| matmul1024 | 2.00 → 1.00 | 2.00 → 1.00 | 2.00 → 1.00 |")
        .doesNotContain("resnet_block");
  }

  @Test
  void aloneItHasOnlyTheFloor() throws IOException {
    assertThat(report("gflops=214.7\ngigabytes_per_s=40\n", line("dendra", "matmul1024", 20)))
        .contains("| matmul1024 | 20.0 | – | – | 10.0 | 50 % |");
  }

  @Test
  void aMachineThatWasNotMeasuredIsNamed() {
    assertThatThrownBy(() -> report("", line("dendra", "lenet", 1)))
        .hasMessageContaining("peers.machine")
        .hasMessageContaining("gflops");
    assertThatThrownBy(() -> Report.run(List.of(), System.out)).hasMessageContaining("machine");
  }
}
