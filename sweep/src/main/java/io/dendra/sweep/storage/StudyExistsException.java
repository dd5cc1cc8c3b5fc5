package io.dendra.sweep.storage;

/** A study of that name is there already. */
public final class StudyExistsException extends StorageException {
  /** With the name. */
  public StudyExistsException(String name) {
    super(
        "there is a study '"
            + name
            + "' already: load it, create it with loadIfExists(), or take another name");
  }
}
