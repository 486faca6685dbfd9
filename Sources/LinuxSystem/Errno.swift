import CLinux
import Glibc

/// A failed system call's reason.
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kernel's number: 2 is ENOENT.
  package let code: Int32

  package init(_ code: Int32) { self.code = code }
  /// Why the latest call on this thread failed; good only right after that call.
  package static var last: Errno { Errno(cl_last_error()) }

  /// The C library's text: `No such file or directory`.
  package var description: String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Python's rendering, which circus's logs and replies carry: `[Errno 2] No such ...`.
  package var pythonText: String { "[Errno \(code)] \(description)" }

  /// Nothing can be read or written right now.
  package var wouldBlock: Bool { code == EAGAIN }

  /// The kernel is too old for a call, or a container's filter refuses it.
  package var meansNoCall: Bool { code == ENOSYS || code == EPERM }

  /// No file can be made there, as on the read-only root of a container. What has no place by its default alone does
  /// without it then.
  package var meansNoPlace: Bool {
    code == EROFS || Environment.pid == 1 && [EACCES, EPERM, ENOENT].contains(code)
  }

  /// The machine lacks something that may come back: worth another attempt.
  package var isTransient: Bool {
    [EAGAIN, EMFILE, ENFILE, ENOMEM, ENOSPC, EINTR, ETXTBSY].contains(code)
  }
}

/// Runs a call until it is not interrupted and turns -1 into `Errno`.
@discardableResult
package func systemCall<N: FixedWidthInteger & SignedInteger>(
  _ body: () -> N
) throws(Errno) -> N {
  while true {
    let result = body()
    if result != -1 { return result }
    let error = Errno.last
    if error.code != EINTR { throw error }
  }
}
