// SPDX-License-Identifier: Apache-2.0
//
// TOML: what is read, what is refused and in which words, what is written back.
#include <alys/actors/toml.hpp>

#include <catch2/catch.hpp>

#include <fstream>

#include <unistd.h>

using namespace std::chrono_literals;
using alys::config_error;

namespace {

enum class colour : std::uint8_t { red, green };
ALYS_ENUM(colour, red, green)

class height {
public:
  height() = default;
  explicit height(std::uint64_t value) : value_(value) {}
  [[nodiscard]] std::uint64_t value() const { return value_; }
  friend bool operator==(const height&, const height&) = default;

private:
  std::uint64_t value_ = 0;
};

struct mail_config {
  std::size_t capacity = 100;
  std::chrono::milliseconds patience{250};
  void validate(alys::problem_list& problems) const {
    if (capacity == 0) problems.push_back({"capacity", "must be at least 1"});
  }
  friend bool operator==(const mail_config&, const mail_config&) = default;
};
ALYS_CONFIG(mail_config, capacity, patience)

struct peer_config {
  std::string name{};
  std::uint16_t port = 1;
  void validate(alys::problem_list& problems) const {
    if (port == 0) problems.push_back({"port", "must be at least 1"});
  }
  friend bool operator==(const peer_config&, const peer_config&) = default;
};
ALYS_CONFIG(peer_config, name, port)

struct node_config {
  std::string name = "node";
  bool dev = false;
  std::int32_t level = -1;
  double ratio = 0.5;
  colour light = colour::red;
  height start{};
  std::filesystem::path data = "/var/lib/node";
  std::optional<std::uint32_t> blocks{};
  std::vector<std::string> tags{};
  std::vector<std::vector<int>> grid{};
  std::map<std::string, std::string> labels{};
  mail_config mail{};
  std::vector<peer_config> peers{};
  std::map<std::string, mail_config> boxes{};
  std::optional<mail_config> spare{};
  friend bool operator==(const node_config&, const node_config&) = default;
};
ALYS_CONFIG(node_config, name, dev, level, ratio, light, start, data, blocks, tags, grid, labels, mail, peers, boxes, spare)

alys::result<node_config> read(std::string_view text) { return alys::from_toml<node_config>(text, "node.toml"); }
std::string refused(std::string_view text) { return read(text).error().text(); }

struct temporary_file {
  explicit temporary_file(std::string_view text)
      : path(std::filesystem::temp_directory_path() / ("alys-toml-test-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~temporary_file() { std::filesystem::remove(path); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  std::filesystem::path path;
};

// A type with a text of its own.
struct version {
  int major = 0;
  int minor = 0;
  friend bool operator==(const version&, const version&) = default;
};
constexpr std::string_view alys_text_form(alys::tag<version>) { return "a version, two digits with a point between"; }
std::string alys_text_of(const version& v) { return std::to_string(v.major) + '.' + std::to_string(v.minor); }
std::optional<version> alys_parse_text(std::string_view text, alys::tag<version>) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 3 || !digit(text[0]) || text[1] != '.' || !digit(text[2])) return std::nullopt;
  return version{text[0] - '0', text[2] - '0'};
}

struct release {
  static constexpr bool complete = true;
  version number{};
  std::chrono::seconds support{};
  std::optional<std::string> codename{};
  friend bool operator==(const release&, const release&) = default;
};
ALYS_CONFIG(release, number, support, codename)

struct history {
  static constexpr bool complete = true;
  std::vector<release> releases{};
  std::vector<version> broken{};
  release next{};
  std::map<std::string, bool> flags{};
  void validate(alys::problem_list& problems) const {
    for (std::size_t i = 1; i < releases.size(); ++i) {
      if (releases[i].number.major < releases[i - 1].number.major)
        problems.push_back({"releases[" + std::to_string(i) + "].number", "must not be older than the one before"});
    }
    if (flags.contains("no")) problems.push_back({"flags.no", "must not be there"});
    if (broken.size() > 2) problems.push_back({"broken[7].unknown", "are too many"});
  }
  friend bool operator==(const history&, const history&) = default;
};
ALYS_CONFIG(history, releases, broken, next, flags)

} // namespace

TEST_CASE("what the text does not mention keeps its default") {
  CHECK(read("") == node_config{});
  CHECK(read("name = \"a\"").value().data == "/var/lib/node");
  CHECK(alys::from_toml<mail_config>("", "x", {.capacity = 7}).value().capacity == 7);
}

TEST_CASE("every kind of field is read") {
  const auto read_all = read(R"(
name = "a\tb"
dev = true
level = -2_000_000_000
ratio = 2
light = "green"
start = 9
data = "/tmp"
blocks = 5
tags = ["x", 'y']
grid = [[1, 2], [], [3]]
labels = { a = "1", "b c" = "2" }
mail.capacity = 3
mail.patience = "1s500ms"
[[peers]]
name = "p"
[[peers]]
name = "q"
port = 0xffff
[boxes.in]
capacity = 8
[spare]
)");
  REQUIRE(read_all.has_value());
  CHECK(*read_all == node_config{.name = "a\tb",
                                 .dev = true,
                                 .level = -2'000'000'000,
                                 .ratio = 2.0,
                                 .light = colour::green,
                                 .start = height{9},
                                 .data = "/tmp",
                                 .blocks = 5,
                                 .tags = {"x", "y"},
                                 .grid = {{1, 2}, {}, {3}},
                                 .labels = {{"a", "1"}, {"b c", "2"}},
                                 .mail = {.capacity = 3, .patience = 1500ms},
                                 .peers = {{.name = "p", .port = 1}, {.name = "q", .port = 65535}},
                                 .boxes = {{"in", {.capacity = 8, .patience = 250ms}}},
                                 .spare = mail_config{}});
}

TEST_CASE("an unknown key is refused with what is allowed") {
  CHECK(refused("[mail]\n\ncapacty = 5") == "node.toml:3: mail.capacty = 5: unknown key; allowed: capacity, patience");
  CHECK(alys::from_toml<alys::no_config>("a = 1", "n").error().text() == "n:1: a = 1: unknown key; none is allowed here");
}

TEST_CASE("a value of the wrong type is refused with what it must be") {
  CHECK(refused("name = 7") == "node.toml:1: name = 7: must be a string");
  CHECK(refused("dev = 1") == "node.toml:1: dev = 1: must be true or false");
  CHECK(refused("level = 1.0") == "node.toml:1: level = 1.0: must be a whole number from -2147483648 to 2147483647");
  CHECK(refused("ratio = \"2\"") == "node.toml:1: ratio = \"2\": must be a number");
  CHECK(refused("tags = \"x\"") == "node.toml:1: tags = \"x\": must be an array");
  CHECK(refused("tags = [\"x\", 2]") == "node.toml:1: tags[1] = 2: must be a string");
  CHECK(refused("labels = 3") == "node.toml:1: labels = 3: must be a table");
  CHECK(refused("mail = 3") == "node.toml:1: mail = 3: must be a table");
  CHECK(refused("peers = [4]") == "node.toml:1: peers[0] = 4: must be a table");
  CHECK(refused("name = 1979-05-27") == "node.toml:1: name = 1979-05-27: must be a string");
  CHECK(refused("name = {}") == "node.toml:1: name = {...}: must be a string");
}

TEST_CASE("a value out of range is refused with the range") {
  CHECK(refused("level = 2147483648") == "node.toml:1: level = 2147483648: must be a whole number from -2147483648 to 2147483647");
  CHECK(refused("start = -1") == "node.toml:1: start = -1: must be a whole number from 0 to 18446744073709551615");
  CHECK(refused("[[peers]]\nport = 65536") == "node.toml:2: peers[0].port = 65536: must be a whole number from 0 to 65535");
  CHECK(refused("blocks = -1") == "node.toml:1: blocks = -1: must be a whole number from 0 to 4294967295");
}

TEST_CASE("an unknown name of an enumerator is refused with the names there are") {
  CHECK(refused("light = \"blue\"") == "node.toml:1: light = \"blue\": must be one of red, green");
  CHECK(refused("light = 1") == "node.toml:1: light = 1: must be one of red, green");
}

TEST_CASE("a duration needs a unit and must fit its field") {
  CHECK(refused("mail.patience = 30") == "node.toml:1: mail.patience = 30: must be a duration with a unit, like \"30s\" or \"250ms\"");
  CHECK_THAT(refused("mail.patience = \"30\""),
             Catch::StartsWith("node.toml:1: mail.patience = \"30\": must be a duration: whole numbers with a unit"));
  CHECK(refused("mail.patience = \"1500us\"") == "node.toml:1: mail.patience = \"1500us\": must be a multiple of 1ms");
}

TEST_CASE("what a struct says of itself is refused where the field stands or where the struct begins") {
  CHECK(refused("[mail]\ncapacity = 0") == "node.toml:2: mail.capacity = 0: must be at least 1");
  CHECK(refused("[[peers]]\nname = \"a\"\n[[peers]]\nport = 0") == "node.toml:4: peers[1].port = 0: must be at least 1");
  CHECK(refused("[boxes.\"a b\"]\ncapacity = 0") == "node.toml:2: boxes.\"a b\".capacity = 0: must be at least 1");
  CHECK(alys::from_toml<peer_config>("name = \"x\"", "n", {.name = "", .port = 0}).error().text() == "n:1: port: must be at least 1");
}

TEST_CASE("all problems are told at once in the order of the text") {
  CHECK(refused("level = 1.5\nfoo = 1\n[mail]\ncapacity = 0\n[spare]\nbar = 2") ==
        "node.toml:1: level = 1.5: must be a whole number from -2147483648 to 2147483647\n"
        "node.toml:2: foo = 1: unknown key; allowed: name, dev, level, ratio, light, start, data, blocks, tags, grid, labels, mail, peers, "
        "boxes, spare\n"
        "node.toml:4: mail.capacity = 0: must be at least 1\n"
        "node.toml:6: spare.bar = 2: unknown key; allowed: capacity, patience");
  CHECK(read("foo = 1") == config_error::invalid);
  CHECK(read("foo = 1").error().category() == alys::category::configuration);
}

TEST_CASE("what is no TOML is refused with its line") {
  for (const auto* text : {"a = ", "name = \"a", "[mail", "name = \"a\"\nname = \"b\"", "level = 99999999999999999999", "= 1", "\x01"}) {
    INFO(text);
    CHECK(read(text) == config_error::malformed);
    CHECK_THAT(refused(text), Catch::StartsWith("node.toml:"));
  }
}

TEST_CASE("a long value is shown by its beginning") {
  const std::string shown = refused("level = \"" + std::string(500, 'x') + "\"");
  CHECK(shown.size() < 200);
  CHECK_THAT(shown, Catch::Contains("xxx...\""));
}

TEST_CASE("a key of very many parts is refused and does not overflow a stack") {
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  CHECK(read(deep + " = 1") == config_error::malformed);
  CHECK(read("\n[" + deep + "]") == config_error::malformed);
  CHECK_THAT(refused("\n[" + deep + "]"), Catch::StartsWith("node.toml:2: a key has more than 64 parts"));
  std::string quoted = "\",\"";
  for (int i = 0; i < 100'000; ++i) quoted += ".\"=\"";
  CHECK(read("labels = {" + quoted + " = 1}") == config_error::malformed);
}

TEST_CASE("dots in strings and comments are no parts of a key") {
  const std::string dots(500, '.');
  CHECK(read("name = \"" + dots + "\" # " + dots + "\ntags = ['" + dots + "', \"\"\"\n" + dots + "\"\"\"]").has_value());
  CHECK(read("name = \"a\\\"" + dots + "\"").has_value());
  CHECK(read("name = '''it's " + dots + "'''").has_value());
}

TEST_CASE("deeply nested values are refused") {
  CHECK(read("grid = " + std::string(100'000, '[')) == config_error::malformed);
  std::string tables;
  for (int i = 0; i < 10'000; ++i) tables += "{a=";
  CHECK(read("labels = " + tables) == config_error::malformed);
}

TEST_CASE("a file is read under its own name") {
  const temporary_file good{"name = \"from a file\""};
  CHECK(alys::load_toml<node_config>(good.path).value().name == "from a file");
  const temporary_file bad{"nam = 1"};
  CHECK_THAT(alys::load_toml<node_config>(bad.path).error().text(), Catch::StartsWith(bad.path.string() + ":1: nam = 1: unknown key"));
}

TEST_CASE("a file that is missing or is a folder or is too large is refused") {
  CHECK(alys::load_toml<node_config>("/nowhere/node.toml") == config_error::unreadable);
  CHECK_THAT(alys::load_toml<node_config>("/nowhere/node.toml").error().text(),
             Catch::Contains("/nowhere/node.toml: cannot be opened: No such file"));
  CHECK(alys::load_toml<node_config>(std::filesystem::temp_directory_path()) == config_error::unreadable);
  const temporary_file large{"name = \"123456789\""};
  CHECK(alys::load_toml<node_config>(large.path, {}, 18).has_value());
  CHECK(alys::load_toml<node_config>(large.path, {}, 17) == config_error::too_large);
}

TEST_CASE("a configuration is written with every field and its tables last") {
  const node_config config{.name = "a \"b\"\n\x01",
                           .tags = {"x"},
                           .labels = {{"b c", "2"}},
                           .mail = {.capacity = 5, .patience = 90s},
                           .peers = {{.name = "p", .port = 2}},
                           .boxes = {{"in", {}}}};
  CHECK(alys::to_toml(config) == R"(name = "a \"b\"\n\u0001"
dev = false
level = -1
ratio = 0.5
light = "red"
start = 0
data = "/var/lib/node"
# blocks is not set
tags = ["x"]
grid = []

[labels]
"b c" = "2"

[mail]
capacity = 5
patience = "1m30s"

[[peers]]
name = "p"
port = 2

[boxes]

[boxes.in]
capacity = 100
patience = "250ms"
)");
}

TEST_CASE("numbers beyond the range of TOML are written and read as digits in quotes") {
  const node_config config{.start = height{18446744073709551615u}};
  CHECK_THAT(alys::to_toml(config), Catch::Contains("start = \"18446744073709551615\""));
  CHECK(read(alys::to_toml(config)) == config);
  CHECK(read("start = \"18446744073709551616\"") == config_error::invalid);
  CHECK(read("start = \"-1\"") == config_error::invalid);
  CHECK(read("start = \"1 \"") == config_error::invalid);
}

TEST_CASE("an enum announced with its names is read and written by them") {
  CHECK(alys::enum_name(colour::green) == "green");
  CHECK(alys::enum_name(static_cast<colour>(9)).empty());
  CHECK(alys::enum_value<colour>("red") == colour::red);
  CHECK(alys::enum_value<colour>("Red") == std::nullopt);
  CHECK(alys::enum_names<colour>() == "red, green");
}

TEST_CASE("a type with a text of its own is read and written by it") {
  const history config{.releases = {{{1, 2}, 3s, "x"}}, .broken = {{4, 5}, {6, 7}}, .next = {{8, 9}, 1s, {}}};
  CHECK_THAT(alys::to_toml(config), Catch::Contains("broken = [\"4.5\", \"6.7\"]") && Catch::Contains("number = \"8.9\""));
  CHECK(alys::from_toml<history>(alys::to_toml(config)) == config);
  for (const char* wrong : {"\"12\"", "5.6", "\"a.b\"", "[]"}) {
    CAPTURE(wrong);
    const auto read = alys::from_toml<release>("number = " + std::string{wrong} + "\nsupport = \"1s\"", "f");
    CHECK_THAT(read.error().text(),
               Catch::StartsWith("f:1: number = ") && Catch::EndsWith(": must be a version, two digits with a point between"));
  }
}

TEST_CASE("a struct that wants to be complete is told every field that is missing and what it must be") {
  CHECK(alys::from_toml<history>("", "f").error().text() ==
        "f:1: releases: is missing; it must be an array\n"
        "f:1: broken: is missing; it must be an array\n"
        "f:1: next: is missing; it must be a table\n"
        "f:1: flags: is missing; it must be a table");
  CHECK(alys::from_toml<history>("broken = []\n[flags]\n[[releases]]\n\n[[releases]]\nnumber = \"1.0\"\nsupport = \"1s\"\n[next]\n"
                                 "number = \"2.0\"\n",
                                 "f")
            .error()
            .text() ==
        "f:3: releases[0].number: is missing; it must be a version, two digits with a point between\n"
        "f:3: releases[0].support: is missing; it must be a duration with a unit, like \"30s\" or \"250ms\"\n"
        "f:8: next.support: is missing; it must be a duration with a unit, like \"30s\" or \"250ms\"");
}

TEST_CASE("a problem is shown where its value stands or else the nearest thing around it") {
  const std::string text =
      "broken = [\"1.1\", \"1.2\", \"1.3\"]\n[[releases]]\nnumber = \"2.0\"\nsupport = \"1s\"\n[[releases]]\n"
      "number = \"1.0\"\nsupport = \"1s\"\n[next]\nnumber = \"3.0\"\nsupport = \"1s\"\n[flags]\nno = true\n";
  CHECK(alys::from_toml<history>(text, "f").error().text() ==
        "f:1: broken[7].unknown = [ '1.1', '1.2', '1.3' ]: are too many\n"
        "f:6: releases[1].number = \"1.0\": must not be older than the one before\n"
        "f:12: flags.no = true: must not be there");
}
