import Glibc
import Synchronization

/// What a program prints. An answer that could not be written is no success: the program's exit status says so.
package enum StandardOutput {
  private static let failure = Atomic<Int32>(0)

  /// Writes all of it to standard output.
  package static func write(_ bytes: [UInt8]) {
    do { try writeAll(1, bytes) } catch { failure.store(error.code, ordering: .relaxed) }
  }

  /// Writes a text to standard output, in UTF-8.
  package static func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes to standard error; a failure is ignored.
  package static func complain(_ text: String) { try? writeAll(2, Array(text.utf8)) }

  /// The exit status of the program: 1, with a word, where output was lost and nothing else went wrong.
  package static func status(_ status: Int32, of program: String) -> Int32 {
    let code = failure.load(ordering: .relaxed)
    guard code != 0 else { return status }
    complain("\(program): cannot write the answer: \(Errno(code).description)\n")
    return status == 0 ? 1 : status
  }
}
