/// The names by which the system calls what a process was started with.
package enum StandardStream {
  /// 1 or 2 where a path means the standard output or error of the process that uses it; nil: it is a file like any other.
  package static func number(of path: String) -> Int32? {
    switch path {
    case "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1": 1
    case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2": 2
    default: nil
    }
  }
}
