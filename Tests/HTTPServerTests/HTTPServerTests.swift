import LinuxSystem
import Testing

@testable import HTTPServer

@Suite struct HTTPServerTests {
  private func header(_ text: String) -> String { "Basic " + Base64.encode(Array(text.utf8)) }

  @Test(arguments: ["secret", "{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4"])
  func credentials(password: String) {
    let credentials = BasicCredentials(username: "user", password: password)
    #expect(credentials.accept(header("user:secret")))
    #expect(credentials.accept("bAsIc " + header("user:secret").dropFirst(6)))
    for wrong in ["user:secre", "user:secrets", "user:", "use:secret", "secret", ""] {
      #expect(!credentials.accept(header(wrong)))
    }
    #expect(!credentials.accept(nil))
    #expect(!credentials.accept("Basic !!!"))
    #expect(!credentials.accept("Digest " + header("user:secret").dropFirst(6)))
  }

  @Test func passwordsMayHaveColons() {
    #expect(BasicCredentials(username: "u", password: "a:b").accept(header("u:a:b")))
    #expect(!BasicCredentials(username: "", password: "").accept(header("x:")))
    #expect(BasicCredentials(username: "", password: "").accept(header(":")))
  }

  @Test func formsAndTargets() {
    #expect(Percent.form("a=1&b=x+y%2Bz&c&a=2") == ["a": "1", "b": "x y+z", "c": ""])
    #expect(Percent.decode("a%20b+c") == "a b+c")
    #expect(Percent.encode("g:p é/") == "g%3Ap%20%C3%A9%2F")
  }
}
