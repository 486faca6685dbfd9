import Testing

@testable import CircusConfig

/// What `--check` says of shell syntax where there is no shell.
@Suite struct ShellSyntaxTests {
  @Test(arguments: [
    ("a && b", "&&"), ("server > /var/log/x", ">"), ("server >/var/log/x", ">/var/log/x"),
    ("server 2>&1", "2>&1"), ("cd /srv; ./run", "/srv;"), ("ls $HOME/bin", "$HOME/bin"),
    ("run ${DIR}/x", "${DIR}/x"), ("a | b", "|"),
  ])
  func isFound(text: String, word: String) {
    #expect(ShellSyntax.firstWord(in: text) == word)
  }

  @Test(arguments: [
    "sh -c 'a && b > c; d $HOME'", "awk -F '|' x", "find . -exec rm {} ;", "find . -exec rm {} \\;",
    "get http://h/p?a=1&b=2", "server --fd $(circus.sockets.web)", "echo \"a > b\"",
    "run %(ENV_HOME)s/x", "price 5$", "grep '^a$'",
  ])
  func isNotSuspected(text: String) {
    #expect(ShellSyntax.firstWord(in: text) == nil)
  }
}
