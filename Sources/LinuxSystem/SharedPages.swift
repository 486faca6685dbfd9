import Glibc

/// Memory that is also a file: what is written there is in the kernel's hands at once, and still there
/// when the writer was killed.
package final class SharedPages {
  /// All of it, zero where nothing was written.
  package let bytes: UnsafeMutableRawBufferPointer

  /// The first `count` bytes of a file, which is made as long as that. The room is taken now: a disk
  /// that fills up later must not turn a write into a crash.
  package init(_ file: borrowing FileDescriptor, count: Int) throws(Errno) {
    let number = file.number
    let refusal = posix_fallocate(number, 0, off_t(count))
    guard refusal == 0 else { throw Errno(refusal) }
    let place = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0)
    guard let place, place != MAP_FAILED else { throw .last }
    bytes = UnsafeMutableRawBufferPointer(start: place, count: count)
  }

  /// Memory of this process alone, for when there is no file.
  package init(count: Int) {
    bytes = UnsafeMutableRawBufferPointer(start: calloc(1, count), count: count)
    isPrivate = true
  }

  private var isPrivate = false

  deinit {
    if isPrivate { free(bytes.baseAddress) } else { munmap(bytes.baseAddress!, bytes.count) }
  }
}
