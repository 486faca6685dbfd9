/// What the person at the keyboard has chosen.
package struct TopState: Equatable {
  /// What rows are ordered by.
  package enum Order: String, CaseIterable {
    case cpu, memory, age, name
  }

  /// Something that is only done when it is confirmed.
  package struct Question: Equatable {
    /// The command on the wire.
    package var verb: String
    /// The watcher.
    package var name: String
  }

  /// The order of watchers and of their processes.
  package var order = Order.name
  /// Whether children are shown below their processes.
  package var showsTree = false
  /// Whether the last lines of the selection are shown.
  package var showsLog = false
  /// Whether the keys are explained.
  package var showsHelp = false
  /// The selected row, from 0.
  package var selection = 0
  /// Waiting for a yes.
  package var question: Question?
  /// What came of the last command.
  package var message = ""
  /// The last lines of the selection.
  package var log: [String] = []
  /// Whether the terminal shows block characters.
  package var isUnicode = true

  package init() {}

  /// What a key means beyond a change of the state.
  package enum Action: Equatable {
    case none
    case quit
    case run(Question)
  }

  /// Takes a key; `selected` is the watcher under the cursor.
  package mutating func press(_ key: Character, selected: String?) -> Action {
    if let asked = question {
      question = nil
      guard key == "y" || key == "Y" else {
        message = "\(asked.verb) \(asked.name): not done"
        return .none
      }
      return .run(asked)
    }
    message = ""
    switch key {
    case "q": return .quit
    case "c": order = .cpu
    case "m": order = .memory
    case "a": order = .age
    case "n": order = .name
    case "t": showsTree.toggle()
    case "l": showsLog.toggle()
    case "?", "h": showsHelp.toggle()
    case "j": selection += 1
    case "k": selection = max(0, selection - 1)
    case "s": ask("start", selected)
    case "S", "x": ask("stop", selected)
    case "r": ask("restart", selected)
    case "R": ask("reload", selected)
    case "+": ask("incr", selected)
    case "-": ask("decr", selected)
    default: break
    }
    return .none
  }

  private mutating func ask(_ verb: String, _ name: String?) {
    guard let name, name != "circus" else {
      message = "select a watcher first"
      return
    }
    question = Question(verb: verb, name: name)
  }
}
