package io.dendra.sweep.storage;

import io.dendra.sweep.Direction;
import io.dendra.sweep.LostTrialException;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where studies and their trials are kept: in memory, or in a database that many processes share.
 *
 * <p>Each call happens whole or not at all, and is seen by every later call of any process. Whoever
 * writes to a trial shows its {@link TrialLease}: when the trial has been given to another worker
 * meanwhile, the call does nothing but throw {@link LostTrialException}. So no trial counts twice.
 *
 * <p>All calls may come from several threads and throw {@link StorageException} when the place
 * cannot be read or written.
 */
public interface Storage extends AutoCloseable {
  /**
   * Makes an empty study.
   *
   * @throws StudyExistsException when the name is taken
   */
  default StudyRecord createStudy(String name, List<Direction> directions) {
    return createStudy(name, directions, Map.of());
  }

  /**
   * Makes a study that has attributes of the library from the start.
   *
   * @param name at most 512 characters, as those of parameters and attributes
   * @throws StudyExistsException when the name is taken
   */
  StudyRecord createStudy(
      String name, List<Direction> directions, Map<String, Object> systemAttributes);

  /** The study of a name. */
  Optional<StudyRecord> findStudy(String name);

  /** All studies, in the order in which they were made. */
  List<StudyRecord> studies();

  /** Removes a study with its trials; does nothing when there is none. */
  void deleteStudy(long study);

  /** Sets an attribute of a study to a value of JSON. */
  void setStudyAttribute(long study, AttributeKind kind, String key, Object value);

  /**
   * Adds a trial as it is, but for its id and number: a finished or a waiting one.
   *
   * @throws IllegalArgumentException when it runs, or has a parameter that does not fit the study's
   */
  TrialRecord addTrial(long study, TrialRecord trial);

  /**
   * Starts a trial: the waiting one with the lowest number, or else a new one, unless the study has
   * {@code limit} trials. The owner becomes system attribute {@link TrialLease#OWNER}, the number
   * of starts {@link TrialLease#ATTEMPT}, and the trial shows life.
   *
   * @param owner unique for each call
   * @param attributes more system attributes, from the trial as it was; they replace those of their
   *     names. It may be asked again when the storage has to begin again.
   */
  Optional<TrialRecord> startTrial(
      long study, String owner, int limit, Function<TrialRecord, Map<String, Object>> attributes);

  /** Starts a trial without more attributes. */
  default Optional<TrialRecord> startTrial(long study, String owner, int limit) {
    return startTrial(study, owner, limit, trial -> Map.of());
  }

  /**
   * Adds parameters to a running trial, in order. A name that it has keeps its value.
   *
   * @throws IllegalArgumentException when an earlier trial of the study has a parameter of that
   *     name whose distribution is not compatible; nothing is added then
   */
  void addParameters(TrialLease lease, Map<String, ParameterValue> parameters);

  /** Adds a report to a running trial; a step told before is replaced. */
  void report(TrialLease lease, int step, double value);

  /** Sets an attribute of a running trial to a value of JSON. */
  void setTrialAttribute(TrialLease lease, AttributeKind kind, String key, Object value);

  /**
   * Ends a running trial.
   *
   * @param values one for each direction, or none; infinities, but no NaN
   */
  void finish(TrialLease lease, TrialState state, List<Double> values);

  /**
   * Makes a running trial wait again, with its parameters and reports, for another worker. It has
   * no owner and no heartbeat then.
   */
  void giveBack(TrialLease lease);

  /** Shows that the worker of a running trial lives. */
  void heartbeat(TrialLease lease);

  /**
   * The running trials that have shown no life for a time, by the storage's own clock: those of the
   * machines that share it may differ. Trials that never showed life count not. A trial that Optuna
   * runs has no owner, so the owner of its lease is null.
   */
  List<TrialRecord> silentFor(long study, Duration silence);

  /**
   * All trials in the order of their numbers; those that have ended are the same objects each time.
   */
  List<TrialRecord> trials(long study);

  /** Releases connections; what is stored stays. */
  @Override
  void close();
}
