import CLinux
import Glibc

/// Sends a file's contents to the disk without making the caller wait: fdatasync(2) in a thread of its
/// own, which touches nothing else.
package final class BackgroundSync {
  private let requests: Int32

  /// Nil when no thread can be had.
  package init?(_ file: Int32) {
    requests = cl_sync_start(file)
    if requests < 0 { return nil }
  }

  deinit {
    guard requests >= 0 else { return }
    cl_sync_request(requests, 1)
    close(requests)
  }

  /// What was written so far goes to the disk soon; several requests may be served as one.
  package func request() { cl_sync_request(requests, 0) }
}
