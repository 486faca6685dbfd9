/// What has a number that never changes and is its own in a list.
package protocol Numbered {
  /// Its number.
  var number: Int { get }
}

/// A list that remembers which of its elements may have changed since that was last asked.
///
/// What is written for a later daemon is found by it: a change cannot be forgotten, whichever property it
/// is made to, and an event costs what it touched and not what there is.
package struct Tracked<Element: Numbered>: RandomAccessCollection, MutableCollection {
  private var elements: [Element] = []
  /// The numbers of elements that were added, opened for writing or removed.
  private(set) var touched: Set<Int> = []
  /// The same since those were last looked at that depend on each other.
  private var unseen: Set<Int> = []

  /// The same since those were last looked at whose processes are asked how they are.
  private var unchecked: Set<Int> = []

  /// Some of those that depend on each other may have to look again.
  var hasUnseen: Bool { !unseen.isEmpty }

  package var startIndex: Int { 0 }
  package var endIndex: Int { elements.count }

  package subscript(index: Int) -> Element {
    _read { yield elements[index] }
    _modify {
      touch(elements[index].number)
      yield &elements[index]
    }
  }

  package func makeIterator() -> IndexingIterator<[Element]> { elements.makeIterator() }

  private mutating func touch(_ number: Int) {
    touched.insert(number)
    unseen.insert(number)
    unchecked.insert(number)
  }

  mutating func append(_ element: Element) {
    touch(element.number)
    elements.append(element)
  }

  mutating func remove(at index: Int) {
    touch(elements[index].number)
    elements.remove(at: index)
  }

  mutating func removeAll(where isGone: (Element) -> Bool) {
    var gone: [Int] = []
    elements.removeAll { element in
      guard isGone(element) else { return false }
      gone.append(element.number)
      return true
    }
    for number in gone { touch(number) }
  }

  mutating func replaceAll(with others: [Element]) {
    touchAll()
    elements = others
    touchAll()
  }

  /// Puts the elements in another order, which is no change of any of them.
  mutating func order(by isBefore: (Element, Element) -> Bool) { elements.sort(by: isBefore) }

  /// All count as changed.
  mutating func touchAll() { touched.formUnion(elements.lazy.map(\.number)) }

  /// Where the touched elements are that are still there.
  var touchedIndices: [Int] {
    // One event touches one process, as a rule.
    if touched.count == 1 {
      return elements.firstIndex { touched.first == $0.number }.map { [$0] } ?? []
    }
    return touched.isEmpty ? [] : indices.filter { touched.contains(elements[$0].number) }
  }

  /// None counts as changed.
  mutating func forgetTouched() { touched = [] }

  /// Those whose processes may have come or gone since this was last asked.
  mutating func takeUnchecked() -> Set<Int> {
    if unchecked.isEmpty { return [] }
    defer { unchecked.removeAll(keepingCapacity: true) }
    return unchecked
  }

  /// Those that may have changed since this was last asked.
  mutating func takeUnseen() -> Set<Int> {
    defer { unseen.removeAll(keepingCapacity: true) }
    return unseen
  }
}
