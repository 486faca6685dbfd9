import Glibc

/// The processors of this machine.
package enum Processors {
  /// Those that run programs now; 1 at least.
  package static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
