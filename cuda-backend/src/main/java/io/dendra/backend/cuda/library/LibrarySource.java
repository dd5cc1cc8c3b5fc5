package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.util.List;

/** A way to come by folders with CUDA libraries. */
interface LibrarySource {
  /**
   * The folders there are, the better first; asked for only when the sources before it have not
   * given everything.
   *
   * @throws IOException when it should have some and cannot give them; the message says why
   */
  List<LibraryFolder> folders() throws IOException;

  /** Whether its failure ends the search: a folder that somebody named is not passed over. */
  default boolean mustWork() {
    return false;
  }
}
