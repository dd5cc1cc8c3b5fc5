package io.dendra.sweep.storage;

import io.dendra.sweep.Direction;
import io.dendra.sweep.LostTrialException;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Keeps studies in the memory of this process, for as long as it lives. */
public final class InMemoryStorage implements Storage {
  private final Map<Long, StoredStudy> studies = new LinkedHashMap<>();
  private final Map<Long, StoredTrial> trials = new HashMap<>();
  private long nextId = 1;

  @Override
  public synchronized StudyRecord createStudy(
      String name, List<Direction> directions, Map<String, Object> systemAttributes) {
    Names.require("a study", name);
    Map<String, Object> system = new LinkedHashMap<>();
    systemAttributes.forEach(
        (key, value) -> system.put(Names.require("an attribute", key), StoredJson.normal(value)));
    if (findStudy(name).isPresent()) {
      throw new StudyExistsException(name);
    }
    StoredStudy study = new StoredStudy();
    study.record = new StudyRecord(nextId++, name, directions, Map.of(), system);
    studies.put(study.record.id(), study);
    return study.record;
  }

  @Override
  public synchronized Optional<StudyRecord> findStudy(String name) {
    return studies().stream().filter(study -> study.name().equals(name)).findFirst();
  }

  @Override
  public synchronized List<StudyRecord> studies() {
    return studies.values().stream().map(study -> study.record).toList();
  }

  @Override
  public synchronized void deleteStudy(long study) {
    StoredStudy removed = studies.remove(study);
    if (removed != null) {
      removed.trials.forEach(trial -> trials.remove(trial.id));
    }
  }

  @Override
  public synchronized void setStudyAttribute(
      long study, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    StoredStudy stored = study(study);
    StudyRecord record = stored.record;
    Map<String, Object> user = new LinkedHashMap<>(record.userAttributes());
    Map<String, Object> system = new LinkedHashMap<>(record.systemAttributes());
    (kind == AttributeKind.USER ? user : system).put(key, StoredJson.normal(value));
    stored.record = new StudyRecord(record.id(), record.name(), record.directions(), user, system);
  }

  @Override
  public synchronized TrialRecord addTrial(long study, TrialRecord trial) {
    TrialChecks.requireAddable(trial);
    StoredStudy stored = study(study);
    Map<String, Object> user = normal(trial.userAttributes());
    Map<String, Object> system = normal(trial.systemAttributes());
    requireCompatible(stored, trial.parameters());
    StoredTrial added = add(stored);
    added.state = trial.state();
    added.values = trial.values();
    added.started = trial.started();
    added.ended = trial.ended();
    added.parameters.putAll(trial.parameters());
    added.reports.putAll(trial.reports());
    added.user.putAll(user);
    added.system.putAll(system);
    return added.record();
  }

  @Override
  public synchronized Optional<TrialRecord> startTrial(
      long study, String owner, int limit, Function<TrialRecord, Map<String, Object>> attributes) {
    StoredStudy stored = study(study);
    Optional<StoredTrial> waiting =
        stored.trials.stream().filter(trial -> trial.state == TrialState.WAITING).findFirst();
    int number = stored.trials.size();
    if (waiting.isEmpty() && number >= limit) {
      return Optional.empty();
    }
    TrialRecord before =
        waiting
            .map(StoredTrial::record)
            .orElseGet(
                () -> TrialRecord.running(nextId, number, Instant.now(), Map.of(), Map.of()));
    Map<String, Object> system = TrialLease.attributes(before, owner, attributes);
    StoredTrial trial = waiting.orElseGet(() -> add(stored));
    trial.system.putAll(system);
    trial.state = TrialState.RUNNING;
    trial.started = Instant.now();
    trial.heartbeat = trial.started;
    return Optional.of(trial.record());
  }

  @Override
  public synchronized void addParameters(TrialLease lease, Map<String, ParameterValue> parameters) {
    StoredTrial trial = held(lease);
    parameters.keySet().forEach(name -> Names.require("a parameter", name));
    requireCompatible(trial.study, parameters);
    parameters.forEach(trial.parameters::putIfAbsent);
  }

  @Override
  public synchronized void report(TrialLease lease, int step, double value) {
    held(lease).reports.put(step, value);
  }

  @Override
  public synchronized void setTrialAttribute(
      TrialLease lease, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    StoredTrial trial = held(lease);
    Object kept = StoredJson.normal(value);
    (kind == AttributeKind.USER ? trial.user : trial.system).put(key, kept);
  }

  @Override
  public synchronized void finish(TrialLease lease, TrialState state, List<Double> values) {
    TrialChecks.requireEnd(state, values);
    StoredTrial trial = held(lease);
    trial.state = state;
    trial.values = List.copyOf(values);
    trial.ended = Instant.now();
  }

  @Override
  public synchronized void giveBack(TrialLease lease) {
    StoredTrial trial = held(lease);
    trial.state = TrialState.WAITING;
    trial.started = null;
    trial.heartbeat = null;
    trial.system.remove(TrialLease.OWNER);
  }

  @Override
  public synchronized void heartbeat(TrialLease lease) {
    held(lease).heartbeat = Instant.now();
  }

  @Override
  public synchronized List<TrialRecord> silentFor(long study, Duration silence) {
    Instant moment = Instant.now().minus(silence);
    return study(study).trials.stream()
        .filter(trial -> trial.state == TrialState.RUNNING)
        .filter(trial -> trial.heartbeat != null && trial.heartbeat.isBefore(moment))
        .map(StoredTrial::record)
        .toList();
  }

  @Override
  public synchronized List<TrialRecord> trials(long study) {
    return study(study).trials.stream().map(StoredTrial::record).toList();
  }

  @Override
  public void close() {}

  private StoredStudy study(long id) {
    StoredStudy study = studies.get(id);
    if (study == null) {
      throw new StorageException("there is no study with id " + id);
    }
    return study;
  }

  private StoredTrial add(StoredStudy study) {
    StoredTrial trial = new StoredTrial(nextId++, study, study.trials.size());
    study.trials.add(trial);
    trials.put(trial.id, trial);
    return trial;
  }

  private StoredTrial held(TrialLease lease) {
    StoredTrial trial = trials.get(lease.trial());
    if (trial == null) {
      throw new StorageException("there is no trial with id " + lease.trial());
    }
    if (trial.state != TrialState.RUNNING
        || !Objects.equals(lease.owner(), trial.system.get(TrialLease.OWNER))) {
      throw LostTrialException.of(trial.number, lease.owner());
    }
    return trial;
  }

  /** All or none: those that do not fit leave no trace of the others. */
  private static void requireCompatible(StoredStudy study, Map<String, ParameterValue> parameters) {
    parameters.forEach(
        (name, value) -> {
          Distribution known = study.distributions.get(name);
          if (known != null) {
            TrialChecks.requireCompatible(name, known, value.distribution());
          }
        });
    parameters.forEach(
        (name, value) -> study.distributions.putIfAbsent(name, value.distribution()));
  }

  private static Map<String, Object> normal(Map<String, Object> attributes) {
    Map<String, Object> copy = new LinkedHashMap<>();
    attributes.forEach((key, value) -> copy.put(key, StoredJson.normal(value)));
    return copy;
  }

  private static final class StoredStudy {
    final List<StoredTrial> trials = new ArrayList<>();

    /** Of each parameter, as it was first suggested. */
    final Map<String, Distribution> distributions = new HashMap<>();

    StudyRecord record;
  }

  private static final class StoredTrial {
    final long id;
    final StoredStudy study;
    final int number;
    final Map<String, ParameterValue> parameters = new LinkedHashMap<>();
    final NavigableMap<Integer, Double> reports = new TreeMap<>();
    final Map<String, Object> user = new LinkedHashMap<>();
    final Map<String, Object> system = new LinkedHashMap<>();
    TrialState state = TrialState.WAITING;
    List<Double> values = List.of();
    Instant started;
    Instant ended;
    Instant heartbeat;
    private TrialRecord last;

    StoredTrial(long id, StoredStudy study, int number) {
      this.id = id;
      this.study = study;
      this.number = number;
    }

    /** Made once when the trial has ended: it does not change any more. */
    TrialRecord record() {
      if (last != null) {
        return last;
      }
      TrialRecord record =
          new TrialRecord(
              id, number, state, values, started, ended, parameters, reports, user, system);
      if (state.isFinished()) {
        last = record;
      }
      return record;
    }
  }
}
