import CircusCore
import CircusModel
import LinuxSystem

/// Children that are not in the state file yet: because it has not come to that, or because the file
/// cannot be written. They lie in the work pages, where the kernel itself puts the number of a child
/// before it runs.
package final class SpawnNotes {
  private static let slotSize = 128
  /// The region begins with the number of slots that were ever used: pages that were never written
  /// are not looked at.
  private static let slotBase = 64

  private enum Field {
    static let watcher = 0
    static let process = 8
    static let birth = 16
    static let pid = 24
    static let nameLength = 28
    static let name = 32
    static let former = 112
  }

  /// A place for one child, until the state file tells of it or it is dead.
  package final class Note {
    fileprivate let slot: Int
    /// Where the kernel puts its number.
    package let place: UnsafeMutablePointer<Int32>
    fileprivate var isReleased = false

    fileprivate init(slot: Int, place: UnsafeMutablePointer<Int32>) {
      self.slot = slot
      self.place = place
    }
  }

  private let region: UnsafeMutableRawPointer
  private let slotCount: Int
  private var free: [Int] = []
  /// Those the arbiter knows of.
  private var known: [Note] = []
  /// What an earlier daemon left here.
  private var left: [Int] = []

  /// In a region that outlives us.
  init(_ region: UnsafeMutableRawBufferPointer) {
    self.region = region.baseAddress!
    slotCount = (region.count - Self.slotBase) / Self.slotSize
    let used = usedSlots
    for slot in (0..<slotCount).reversed() {
      if slot < used, pidPlace(slot).pointee > 0 { left.append(slot) } else { free.append(slot) }
    }
  }

  private var usedSlots: Int {
    get { Int(region.load(as: Int32.self)) }
    set { region.storeBytes(of: Int32(newValue), as: Int32.self) }
  }

  private func slotPlace(_ slot: Int) -> UnsafeMutableRawPointer {
    region + Self.slotBase + slot * Self.slotSize
  }

  private func pidPlace(_ slot: Int) -> UnsafeMutablePointer<Int32> {
    (slotPlace(slot) + Field.pid).assumingMemoryBound(to: Int32.self)
  }

  /// A process that was started in the place of another one of its life is the main one now; nil: as in `begin`.
  package func named(
    _ pid: PID, by former: PID, birth: Int64, of process: ProcessID, number: Int,
    watcher name: String
  ) -> Note? {
    guard let note = begin(process, number: number, watcher: name) else { return nil }
    let base = slotPlace(note.slot)
    base.storeBytes(of: former.rawValue, toByteOffset: Field.former, as: Int32.self)
    base.storeBytes(of: birth, toByteOffset: Field.birth, as: Int64.self)
    note.place.pointee = pid.rawValue
    return note
  }

  /// A child is about to be started; nil: there are too many, this one goes unnoted.
  package func begin(_ process: ProcessID, number: Int, watcher name: String) -> Note? {
    guard let slot = free.popLast() else { return nil }
    let place = pidPlace(slot)
    place.pointee = 0
    usedSlots = max(usedSlots, slot + 1)
    let base = slotPlace(slot)
    base.storeBytes(of: Int64(process.watcher.number), toByteOffset: Field.watcher, as: Int64.self)
    base.storeBytes(of: Int64(number), toByteOffset: Field.process, as: Int64.self)
    base.storeBytes(of: Clock.sinceBoot, toByteOffset: Field.birth, as: Int64.self)
    base.storeBytes(of: 0, toByteOffset: Field.former, as: Int32.self)
    let bytes = name.utf8.prefix(SavedState.Survivor.longestName)
    base.storeBytes(of: Int32(bytes.count), toByteOffset: Field.nameLength, as: Int32.self)
    UnsafeMutableRawBufferPointer(start: base + Field.name, count: bytes.count)
      .copyBytes(from: bytes)
    return Note(slot: slot, place: place)
  }

  /// There is no such child, or not any more.
  package func release(_ note: Note) {
    guard !note.isReleased else { return }
    note.isReleased = true
    release(note.slot)
  }

  /// The arbiter has heard of the child: the next lines of the state file tell of it.
  package func arbiterKnows(_ note: Note) { known.append(note) }

  /// The state file tells of everything the arbiter knows.
  func stateIsWritten() {
    for note in known { release(note) }
    known.removeAll(keepingCapacity: true)
    for slot in left { release(slot) }
    left = []
  }

  private func release(_ slot: Int) {
    pidPlace(slot).pointee = 0
    free.append(slot)
  }

  /// Children of an earlier daemon that it could not write down, oldest first.
  var unwritten: [SavedState.Survivor] { left.map(survivor).sorted { $0.birth < $1.birth } }

  private func survivor(_ slot: Int) -> SavedState.Survivor {
    let base = slotPlace(slot)
    let length = base.load(fromByteOffset: Field.nameLength, as: Int32.self)
    let name = UnsafeRawBufferPointer(
      start: base + Field.name, count: max(0, min(SavedState.Survivor.longestName, Int(length))))
    let former = base.load(fromByteOffset: Field.former, as: Int32.self)
    var survivor = SavedState.Survivor(
      watcher: Int(base.load(fromByteOffset: Field.watcher, as: Int64.self)),
      name: String(decoding: name, as: UTF8.self),
      process: Int(base.load(fromByteOffset: Field.process, as: Int64.self)),
      pid: pidPlace(slot).pointee,
      birth: base.load(fromByteOffset: Field.birth, as: Int64.self))
    survivor.former = former == 0 ? nil : former
    return survivor
  }
}
