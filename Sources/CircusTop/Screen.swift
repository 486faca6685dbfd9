import CScreen

/// The terminal, by ncurses: only what changed is written, so nothing flickers.
final class Screen {
  enum Key: Equatable {
    case character(Character)
    case up, down, pageUp, pageDown, resized
  }

  /// Nil when there is no terminal that can be drawn on.
  init?() { if ct_begin() != 0 { return nil } }
  deinit { ct_end() }

  var size: (rows: Int, columns: Int) {
    var rows: Int32 = 0
    var columns: Int32 = 0
    ct_size(&rows, &columns)
    return (Int(rows), Int(columns))
  }

  func show(_ lines: [[Span]]) {
    ct_clear()
    for (row, line) in lines.enumerated() {
      var column = 0
      for span in line {
        let (style, color) = Self.looks(span.style)
        ct_put(Int32(row), Int32(column), span.text, style, color)
        column += span.text.count
      }
    }
    ct_show()
  }

  private static func looks(_ style: Span.Style) -> (style: Int32, color: Int32) {
    switch style {
    case .plain: (0, 0)
    case .bold: (Int32(CT_BOLD.rawValue), 0)
    case .dim: (Int32(CT_DIM.rawValue), 0)
    case .reverse: (Int32(CT_REVERSE.rawValue), 0)
    case .good: (0, Int32(CT_GREEN.rawValue))
    case .warning: (0, Int32(CT_YELLOW.rawValue))
    case .bad: (Int32(CT_BOLD.rawValue), Int32(CT_RED.rawValue))
    case .title: (Int32(CT_BOLD.rawValue), Int32(CT_CYAN.rawValue))
    }
  }

  /// A key that was pressed already; nil: none.
  func key() -> Key? {
    let code = ct_key()
    switch code {
    case CT_NONE.rawValue: return nil
    case CT_UP.rawValue: return .up
    case CT_DOWN.rawValue: return .down
    case CT_PAGE_UP.rawValue: return .pageUp
    case CT_PAGE_DOWN.rawValue: return .pageDown
    case CT_RESIZE.rawValue: return .resized
    default:
      guard let scalar = UnicodeScalar(UInt32(code)) else { return nil }
      return .character(Character(scalar))
    }
  }
}
