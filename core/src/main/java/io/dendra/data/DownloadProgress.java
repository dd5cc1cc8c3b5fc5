package io.dendra.data;

/** Is told how far a download is, for instance to draw a bar. */
@FunctionalInterface
public interface DownloadProgress {
  /** Takes no notice. */
  DownloadProgress SILENT = (file, bytes, total) -> {};

  /**
   * Called at the start, after every piece, and at the end of a file.
   *
   * @param file its name
   * @param bytes how many have arrived
   * @param total how many there are, -1 when the server does not say
   */
  void progress(String file, long bytes, long total);
}
