package io.dendra.sweep.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.sweep.Direction;
import io.dendra.sweep.LostTrialException;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Storage} does. An implementation extends it:
 *
 * <pre>{@code
 * class MyStorageTest extends StorageContract {
 *   @Override
 *   protected Storage open() {
 *     return new MyStorage(place);
 *   }
 * }
 * }</pre>
 */
public abstract class StorageContract {
  private static final List<Direction> MINIMIZE = List.of(Direction.MINIMIZE);

  private final List<Storage> opened = new ArrayList<>();
  private Storage storage;

  /** Opens the storage; called twice in a test, it gives two that share what they keep. */
  protected abstract Storage open() throws Exception;

  @BeforeEach
  void openStorage() throws Exception {
    storage = another();
  }

  private Storage another() throws Exception {
    Storage other = open();
    opened.add(other);
    return other;
  }

  @AfterEach
  void closeStorages() {
    opened.forEach(Storage::close);
  }

  private long study() {
    return storage.createStudy("study", MINIMIZE).id();
  }

  private TrialRecord start(long study, String owner) {
    return storage.startTrial(study, owner, Integer.MAX_VALUE).orElseThrow();
  }

  private TrialRecord trial(long study, int number) {
    return storage.trials(study).get(number);
  }

  private static TrialRecord template(
      TrialState state, List<Double> values, Map<String, ParameterValue> parameters) {
    return new TrialRecord(
        0,
        0,
        state,
        values,
        null,
        null,
        parameters,
        Collections.emptyNavigableMap(),
        Map.of(),
        Map.of());
  }

  private static ParameterValue rate(double value) {
    return new ParameterValue(new FloatDistribution(0, 1, false, 0), value);
  }

  @Test
  void studiesAreFoundByNameAndListedInOrder() {
    StudyRecord first = storage.createStudy("b", List.of(Direction.MAXIMIZE, Direction.MINIMIZE));
    StudyRecord second = storage.createStudy("a", MINIMIZE, Map.of("dendra:seed", 7));
    assertThat(storage.studies()).containsExactly(first, second);
    assertThat(storage.findStudy("b")).contains(first);
    assertThat(storage.findStudy("c")).isEmpty();
    assertThat(first.directions()).containsExactly(Direction.MAXIMIZE, Direction.MINIMIZE);
    assertThat(second.systemAttributes()).containsEntry("dendra:seed", 7L);
  }

  @Test
  void aNameIsTakenOnce() {
    study();
    assertThatThrownBy(this::study)
        .isInstanceOf(StudyExistsException.class)
        .hasMessageContaining("'study'");
    assertThat(storage.studies()).hasSize(1);
  }

  @Test
  void aDeletedStudyIsGoneWithItsTrials() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    storage.addParameters(lease, Map.of("x", rate(0.5)));
    storage.report(lease, 1, 2);
    storage.setTrialAttribute(lease, AttributeKind.USER, "note", 1);
    assertThat(storage.trials(study)).hasSize(1);
    storage.deleteStudy(study);
    storage.deleteStudy(study);
    assertThat(storage.studies()).isEmpty();
    assertThatThrownBy(() -> storage.trials(study)).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.startTrial(study, "b", 9))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.finish(lease, TrialState.FAIL, List.of()))
        .isInstanceOf(StorageException.class);
    long again = study();
    assertThat(storage.trials(again)).isEmpty();
    assertThat(start(again, "c").number()).isZero();
  }

  @Test
  void trialsAreNumberedWithinTheirStudyUpToALimit() {
    long study = study();
    long other = storage.createStudy("other", MINIMIZE).id();
    assertThat(start(study, "a").number()).isZero();
    assertThat(start(other, "b").number()).isZero();
    assertThat(start(study, "c").number()).isEqualTo(1);
    assertThat(storage.startTrial(study, "d", 2)).isEmpty();
    assertThat(storage.startTrial(study, "e", 3)).isPresent();
    assertThat(storage.trials(study)).extracting(TrialRecord::number).containsExactly(0, 1, 2);
  }

  @Test
  void aStartedTrialHasAnOwnerAnAttemptAndATime() {
    long study = study();
    TrialRecord trial = start(study, "owner of it");
    assertThat(trial.state()).isEqualTo(TrialState.RUNNING);
    assertThat(TrialLease.of(trial)).isEqualTo(new TrialLease(trial.id(), "owner of it"));
    assertThat(TrialLease.attempts(trial)).isEqualTo(1);
    assertThat(trial.started()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(trial(study, 0)).isEqualTo(trial);
  }

  @Test
  void aStartedTrialNotesAttributesFromWhatItWas() {
    long study = study();
    TrialRecord first = storage.startTrial(study, "a", 9, t -> noted(t, "one")).orElseThrow();
    assertThat(first.systemAttributes())
        .containsEntry("place", 0L)
        .containsEntry("by", "one")
        .containsEntry("before", List.of());
    assertThat(trial(study, 0)).isEqualTo(first);
    storage.giveBack(TrialLease.of(first));
    TrialRecord again = storage.startTrial(study, "b", 9, t -> noted(t, "two")).orElseThrow();
    assertThat(again.systemAttributes())
        .containsEntry("by", "two")
        .containsEntry("before", List.of("one"))
        .containsEntry(TrialLease.ATTEMPT, 2L);
    assertThat(trial(study, 0)).isEqualTo(again);
  }

  @Test
  void trialsThatEndedStayTheSameObjects() {
    long study = study();
    storage.finish(TrialLease.of(start(study, "a")), TrialState.COMPLETE, List.of(1.0));
    storage.finish(TrialLease.of(start(study, "b")), TrialState.COMPLETE, List.of(2.0));
    List<TrialRecord> before = storage.trials(study);
    start(study, "c");
    List<TrialRecord> after = storage.trials(study);
    assertThat(after.get(0)).isSameAs(before.get(0));
    assertThat(after.get(1)).isSameAs(before.get(1));
  }

  private static Map<String, Object> noted(TrialRecord trial, String by) {
    Object before = trial.systemAttributes().get("by");
    List<Object> earlier = before == null ? List.of() : List.of(before);
    return Map.of("place", trial.number(), "by", by, "before", earlier);
  }

  @Test
  void aStartThatFailsLeavesNoTrial() {
    long study = study();
    Function<TrialRecord, Map<String, Object>> broken =
        trial -> {
          throw new IllegalStateException("no");
        };
    assertThatThrownBy(() -> storage.startTrial(study, "a", 9, broken))
        .isInstanceOf(IllegalStateException.class);
    assertThat(storage.trials(study)).isEmpty();
    assertThat(start(study, "b").number()).isZero();
  }

  @Test
  void aTrialThatWaitsIsFoundHoweverManyEndedBeforeAndAfter() {
    long study = study();
    for (int i = 0; i < 5; i++) {
      storage.finish(
          TrialLease.of(start(study, "a" + i)), TrialState.COMPLETE, List.of((double) i));
    }
    TrialLease held = TrialLease.of(start(study, "b"));
    storage.finish(TrialLease.of(start(study, "c")), TrialState.COMPLETE, List.of(7.0));
    assertThat(storage.trials(study)).hasSize(7);
    storage.giveBack(held);
    assertThat(start(study, "d").number()).isEqualTo(5);
    assertThat(start(study, "e").number()).isEqualTo(7);
  }

  @Test
  void waitingTrialsStartBeforeNewOnesInTheOrderOfTheirNumbers() {
    long study = study();
    storage.addTrial(study, template(TrialState.WAITING, List.of(), Map.of()));
    storage.addTrial(study, template(TrialState.WAITING, List.of(), Map.of()));
    assertThat(storage.startTrial(study, "a", 0).orElseThrow().number()).isZero();
    assertThat(start(study, "b").number()).isEqualTo(1);
    assertThat(start(study, "c").number()).isEqualTo(2);
  }

  @Test
  void aTrialIsAddedAsItIs() {
    long study = study();
    Instant started = Instant.now().truncatedTo(ChronoUnit.MICROS).minusSeconds(5);
    Map<String, ParameterValue> parameters = new LinkedHashMap<>();
    parameters.put("z", rate(0.25));
    parameters.put("a", new ParameterValue(new IntDistribution(1, 9, false, 2), 5));
    TrialRecord given =
        new TrialRecord(
            99,
            99,
            TrialState.COMPLETE,
            List.of(1.5),
            started,
            started.plusMillis(1234),
            parameters,
            new TreeMap<>(Map.of(3, 0.5, -1, 0.25)),
            Map.of("note", "n"),
            Map.of("fixed_params", Map.of("z", 0.25)));
    TrialRecord added = storage.addTrial(study, given);
    assertThat(added).usingRecursiveComparison().ignoringFields("id", "number").isEqualTo(given);
    assertThat(added.number()).isZero();
    assertThat(trial(study, 0)).isEqualTo(added);
    assertThat(trial(study, 0).parameters().keySet()).containsExactly("z", "a");
    assertThatThrownBy(
            () -> storage.addTrial(study, template(TrialState.RUNNING, List.of(), Map.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parametersKeepTheirOrderAndTheirFirstValue() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    Map<String, ParameterValue> parameters = new LinkedHashMap<>();
    for (String name : List.of("z", "a", "m")) {
      parameters.put(name, rate(0.5));
    }
    storage.addParameters(lease, parameters);
    storage.addParameters(lease, Map.of("a", rate(0.75)));
    storage.addParameters(lease, Map.of("b", rate(0.25)));
    assertThat(trial(study, 0).parameters().keySet()).containsExactly("z", "a", "m", "b");
    assertThat(trial(study, 0).parameterValues()).containsEntry("a", 0.5);
  }

  @Test
  void allDistributionsAreKept() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    List<Distribution> distributions =
        List.of(
            new FloatDistribution(-1e300, 1e-300, false, 0),
            new FloatDistribution(1e-8, 0.1, true, 0),
            new FloatDistribution(0, 1, false, 0.1),
            new IntDistribution(-(1L << 53), 1L << 53, false, 1),
            new IntDistribution(1, 1024, true, 1),
            new IntDistribution(0, 10, false, 5),
            new CategoricalDistribution(
                Arrays.asList("a\n\"é漢😀", 1L, 1.5, true, false, null, Double.NaN)));
    for (int i = 0; i < distributions.size(); i++) {
      storage.addParameters(lease, Map.of("p" + i, new ParameterValue(distributions.get(i), 1)));
    }
    for (int i = 0; i < distributions.size(); i++) {
      assertThat(trial(study, 0).parameters().get("p" + i))
          .isEqualTo(new ParameterValue(distributions.get(i), 1));
    }
  }

  @Test
  void aParameterKeepsItsKindWithinAStudy() {
    long study = study();
    TrialLease first = TrialLease.of(start(study, "a"));
    storage.addParameters(first, Map.of("x", rate(0.5)));
    TrialLease second = TrialLease.of(start(study, "b"));
    Map<String, ParameterValue> mixed = new LinkedHashMap<>();
    mixed.put("new", rate(0.5));
    mixed.put("x", new ParameterValue(new IntDistribution(0, 9, false, 1), 5));
    assertThatThrownBy(() -> storage.addParameters(second, mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("IntDistribution")
        .hasMessageContaining("FloatDistribution");
    assertThat(trial(study, 1).parameters()).isEmpty();
    assertThatThrownBy(() -> storage.addTrial(study, template(TrialState.FAIL, List.of(), mixed)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(storage.trials(study)).hasSize(2);
    // What failed left no trace: "new" has no kind yet. Bounds may move.
    storage.addParameters(
        second,
        Map.of(
            "new",
            new ParameterValue(new IntDistribution(0, 9, false, 1), 5),
            "x",
            new ParameterValue(new FloatDistribution(-5, 5, false, 0), -3)));
    assertThat(trial(study, 1).parameterValues()).containsEntry("new", 5L);
  }

  @Test
  void reportsReplaceEachOtherAndTakeAllNumbers() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    double[] numbers = {
      1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.1, Double.MAX_VALUE
    };
    for (int step = numbers.length - 1; step >= 0; step--) {
      storage.report(lease, step, 17);
      storage.report(lease, step, numbers[step]);
    }
    storage.report(lease, Integer.MAX_VALUE, 1);
    storage.report(lease, Integer.MIN_VALUE, 1);
    Map<Integer, Double> reports = trial(study, 0).reports();
    assertThat(reports).hasSize(numbers.length + 2);
    for (int step = 0; step < numbers.length; step++) {
      assertThat(reports.get(step)).isEqualTo(Double.valueOf(numbers[step]));
    }
  }

  @Test
  void attributesHoldAllKindsOfJson() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("string", "a\n\"\\\u0001é漢😀'");
    values.put("empty", "");
    values.put("long", Long.MIN_VALUE);
    values.put("large", BigInteger.TEN.pow(30));
    values.put("double", 0.1);
    values.put("nan", Double.NaN);
    values.put("infinity", Double.NEGATIVE_INFINITY);
    values.put("true", true);
    values.put("null", null);
    values.put("list", Arrays.asList(1L, null, List.of(), Map.of("a", List.of(2.5))));
    values.put("map", Map.of("k é", Map.of("deep", List.of(true, "x"))));
    values.put("text", "long ".repeat(20_000));
    values.put("key " + "漢😀".repeat(250), 1L);
    for (AttributeKind kind : AttributeKind.values()) {
      values.forEach((key, value) -> storage.setStudyAttribute(study, kind, key, value));
      values.forEach((key, value) -> storage.setTrialAttribute(lease, kind, key, value));
    }
    StudyRecord record = storage.findStudy("study").orElseThrow();
    assertThat(record.userAttributes()).isEqualTo(values);
    assertThat(record.systemAttributes()).isEqualTo(values);
    TrialRecord trial = trial(study, 0);
    assertThat(trial.userAttributes()).isEqualTo(values);
    assertThat(trial.systemAttributes()).containsAllEntriesOf(values);
  }

  @Test
  void attributesAreReplacedAndNumbersHaveOneForm() {
    long study = study();
    storage.setStudyAttribute(study, AttributeKind.USER, "n", "old");
    storage.setStudyAttribute(study, AttributeKind.USER, "n", List.of(1, (short) 2, 1.5f));
    assertThat(storage.findStudy("study").orElseThrow().userAttributes())
        .containsEntry("n", List.of(1L, 2L, 1.5));
    assertThatThrownBy(
            () -> storage.setStudyAttribute(study, AttributeKind.USER, "o", new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
    assertThatThrownBy(
            () -> storage.setStudyAttribute(study, AttributeKind.USER, "m", Map.of(1, 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAreLongAndOfAnyLanguage() {
    String name = "漢😀é ' \" % ; -- ".repeat(40).substring(0, 500);
    StudyRecord study = storage.createStudy(name, MINIMIZE);
    assertThat(storage.findStudy(name)).contains(study);
    TrialLease lease = TrialLease.of(start(study.id(), name));
    storage.addParameters(lease, Map.of(name, rate(0.5)));
    assertThat(trial(study.id(), 0).parameterValues()).containsEntry(name, 0.5);
    String longer = "x".repeat(513);
    assertThatThrownBy(() -> storage.createStudy(longer, MINIMIZE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("512");
    assertThatThrownBy(() -> storage.addParameters(lease, Map.of(longer, rate(0.5))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> storage.setTrialAttribute(lease, AttributeKind.USER, "a\0b", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTrialEndsOnce() {
    long study = storage.createStudy("two", List.of(Direction.MINIMIZE, Direction.MAXIMIZE)).id();
    TrialLease lease = TrialLease.of(start(study, "a"));
    assertThatThrownBy(() -> storage.finish(lease, TrialState.WAITING, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> storage.finish(lease, TrialState.COMPLETE, List.of(Double.NaN, 1.0)))
        .isInstanceOf(IllegalArgumentException.class);
    storage.finish(
        lease, TrialState.COMPLETE, List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    TrialRecord ended = trial(study, 0);
    assertThat(ended.state()).isEqualTo(TrialState.COMPLETE);
    assertThat(ended.values()).containsExactly(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    assertThat(ended.ended()).isAfterOrEqualTo(ended.started());
    assertCannotWrite(lease);
    assertThat(trial(study, 0)).isEqualTo(ended);
  }

  private void assertCannotWrite(TrialLease lease) {
    List<Runnable> writes =
        List.of(
            () -> storage.finish(lease, TrialState.FAIL, List.of()),
            () -> storage.giveBack(lease),
            () -> storage.heartbeat(lease),
            () -> storage.report(lease, 1, 1),
            () -> storage.addParameters(lease, Map.of("late", rate(0.5))),
            () -> storage.setTrialAttribute(lease, AttributeKind.USER, "late", 1));
    for (Runnable write : writes) {
      assertThatThrownBy(write::run).isInstanceOf(LostTrialException.class);
    }
  }

  @Test
  void aTrialGivenBackWaitsAsItWasAndItsOldOwnerCanDoNothing() {
    long study = study();
    TrialLease old = TrialLease.of(start(study, "old"));
    storage.addParameters(old, Map.of("x", rate(0.5)));
    storage.report(old, 3, 0.25);
    storage.setTrialAttribute(old, AttributeKind.USER, "note", "kept");
    storage.giveBack(old);
    TrialRecord waiting = trial(study, 0);
    assertThat(waiting.state()).isEqualTo(TrialState.WAITING);
    assertThat(waiting.started()).isNull();
    assertThat(TrialLease.of(waiting).owner()).isNull();
    assertCannotWrite(old);
    assertCannotWrite(TrialLease.of(waiting));
    TrialRecord again = start(study, "new");
    assertThat(again.id()).isEqualTo(waiting.id());
    assertThat(TrialLease.attempts(again)).isEqualTo(2);
    assertThat(again.parameterValues()).containsEntry("x", 0.5);
    assertThat(again.reports()).containsEntry(3, 0.25);
    assertThat(again.userAttributes()).containsEntry("note", "kept");
    assertCannotWrite(old);
    storage.finish(TrialLease.of(again), TrialState.PRUNED, List.of(0.25));
    assertThat(storage.trials(study)).hasSize(1);
  }

  @Test
  void silentTrialsAreThoseThatRunWithoutAHeartbeat() throws InterruptedException {
    long study = study();
    TrialLease silent = TrialLease.of(start(study, "a"));
    TrialLease alive = TrialLease.of(start(study, "b"));
    TrialLease ended = TrialLease.of(start(study, "c"));
    TrialLease back = TrialLease.of(start(study, "d"));
    storage.finish(ended, TrialState.FAIL, List.of());
    Thread.sleep(400);
    storage.heartbeat(alive);
    storage.giveBack(back);
    assertThat(storage.silentFor(study, Duration.ofMillis(300)))
        .extracting(TrialRecord::id)
        .containsExactly(silent.trial());
    assertThat(storage.silentFor(study, Duration.ofHours(1))).isEmpty();
  }

  @Test
  void whatIsReadDoesNotChange() {
    long study = study();
    TrialLease lease = TrialLease.of(start(study, "a"));
    List<TrialRecord> before = storage.trials(study);
    storage.report(lease, 1, 2);
    start(study, "b");
    assertThat(before).hasSize(1);
    assertThat(before.get(0).reports()).isEmpty();
  }

  @Test
  void unknownIdsAreErrors() {
    assertThatThrownBy(() -> storage.trials(12345)).hasMessageContaining("12345");
    assertThatThrownBy(() -> storage.startTrial(12345, "a", 1))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.heartbeat(new TrialLease(12345, "a")))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.setStudyAttribute(12345, AttributeKind.USER, "a", 1))
        .isInstanceOf(StorageException.class);
  }

  @Test
  void twoStoragesSeeEachOther() throws Exception {
    Storage other = another();
    long study = study();
    assertThat(other.trials(study)).isEmpty();
    TrialLease lease = TrialLease.of(start(study, "a"));
    assertThat(other.trials(study)).hasSize(1);
    storage.report(lease, 1, 0.5);
    assertThat(other.trials(study).get(0).reports()).containsEntry(1, 0.5);
    storage.finish(lease, TrialState.COMPLETE, List.of(2.0));
    assertThat(other.trials(study)).isEqualTo(storage.trials(study));
    TrialRecord second = other.startTrial(study, "b", 5).orElseThrow();
    assertThat(trial(study, 1)).isEqualTo(second);
    other.deleteStudy(study);
    long again = other.createStudy("study", MINIMIZE).id();
    assertThat(storage.trials(again)).isEmpty();
    TrialRecord replaced = other.startTrial(again, "c", 5).orElseThrow();
    assertThat(storage.trials(again)).containsExactly(replaced);
  }

  @Test
  void eightThreadsStartAThousandTrialsWithNothingLostOrDoubled() throws Exception {
    long study = study();
    Storage other = another();
    for (int i = 0; i < 50; i++) {
      storage.addTrial(study, template(TrialState.WAITING, List.of(), Map.of()));
    }
    ConcurrentLinkedQueue<Integer> numbers = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch begin = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int worker = 0; worker < 8; worker++) {
      Storage mine = worker % 2 == 0 ? storage : other;
      String name = "worker-" + worker;
      Thread thread =
          new Thread(
              () -> {
                try {
                  begin.await();
                  for (int i = 0; ; i++) {
                    var trial = mine.startTrial(study, name + "-" + i, 1000);
                    if (trial.isEmpty()) {
                      return;
                    }
                    numbers.add(trial.get().number());
                    mine.finish(
                        TrialLease.of(trial.get()),
                        TrialState.COMPLETE,
                        List.of((double) trial.get().number()));
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              },
              name);
      thread.start();
      threads.add(thread);
    }
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    List<Integer> all = IntStream.range(0, 1000).boxed().toList();
    assertThat(numbers).containsExactlyInAnyOrderElementsOf(all);
    List<TrialRecord> trials = storage.trials(study);
    assertThat(trials).extracting(TrialRecord::number).containsExactlyElementsOf(all);
    assertThat(trials)
        .allSatisfy(trial -> assertThat(trial.values()).containsExactly((double) trial.number()));
    assertThat(other.trials(study)).isEqualTo(trials);
  }
}
