// SPDX-License-Identifier: Apache-2.0
//
// Chain specs as files: what is written is read back, and every field wrong in turn is refused with file, line, key, value and what is allowed.
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_file.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace alys::domain;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] chain_spec full_spec() {
  chain_spec spec = dev_spec(2s, 3);
  spec.accounts.insert(spec.accounts.begin(), {address::literal("0x0000000000000000000000000000000000000001"), 7});
  return spec;
}

// A line of a spec file that gives a value.
struct entry {
  std::size_t line;  // from 1
  std::string place; // "federation[1].fee_recipient"
  std::string key;   // "federation.fee_recipient", as spec_fields() has it
  std::size_t table; // the line where its table begins; 1 for none
};

struct file {
  std::vector<std::string> lines;
  std::vector<entry> entries;

  explicit file(const std::string& text) {
    std::istringstream in{text};
    std::string table, key_of_table;
    std::size_t begun = 1;
    std::map<std::string, int> seen;
    for (std::string line; std::getline(in, line);) {
      lines.push_back(line);
      if (line.empty() || line.front() == '#') continue;
      if (line.front() == '[') {
        const bool many = line.starts_with("[[");
        key_of_table = line.substr(many ? 2 : 1, line.find(']') - (many ? 2 : 1));
        table = many ? key_of_table + '[' + std::to_string(seen[key_of_table]++) + ']' : key_of_table;
        begun = lines.size();
        continue;
      }
      const std::string name = line.substr(0, line.find(' '));
      const auto within = [&](const std::string& t) { return t.empty() ? name : t + '.' + name; };
      entries.push_back({lines.size(), within(table), within(key_of_table), begun});
    }
  }

  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& each : lines) all += each + '\n';
    return all;
  }
  [[nodiscard]] std::string without(const entry& e) const {
    file changed = *this;
    changed.lines[e.line - 1].clear();
    return changed.text();
  }
  [[nodiscard]] std::string with(const entry& e, const std::string& value) const {
    file changed = *this;
    std::string& line = changed.lines[e.line - 1];
    line = line.substr(0, line.find('=')) + "= " + value;
    return changed.text();
  }
  [[nodiscard]] std::string with_line_after(const entry& e, const std::string& line) const {
    file changed = *this;
    changed.lines[e.line - 1] += '\n' + line;
    return changed.text();
  }
};

[[nodiscard]] std::string complaint(const std::string& text) {
  const auto read = spec_from_toml(text, "spec.toml");
  return read ? "it was taken" : read.error().text();
}

// The table of a place, with a dot behind it; empty for none.
[[nodiscard]] std::string around(const std::string& place) {
  const auto dot = place.rfind('.');
  return dot == std::string::npos ? "" : place.substr(0, dot + 1);
}

void refused(const std::string& text, std::size_t line, const std::string& words) {
  CAPTURE(text);
  CHECK_THAT(complaint(text), Catch::Contains("spec.toml:" + std::to_string(line) + ": " + words));
}

const std::string zero_key = "\"0x" + std::string(64, '0') + '"';
const std::string too_long = "\"0x" + std::string(66, '1') + '"';

struct wrong_value {
  std::string value; // as TOML
  std::string words; // behind the place and the value
};

// What lies outside of the range of each field. Those of another type are made for every field alike.
const std::map<std::string, std::vector<wrong_value>> out_of_range{
    {"chain_id",
     {{"0", "must be from 1 to 9223372036854775771"}, {"-1", "must be a whole number from 0"}, {"9223372036854775772", "must be from 1"}}},
    {"slot_duration",
     {{"\"99ms\"", "must be from 100ms to 1h"},
      {"\"3600001ms\"", "must be from 100ms to 1h"},
      {"\"-1s\"", "must be from 100ms"},
      {"2", "must be a duration with a unit"},
      {"\"1us\"", "must be a multiple of 1ms"}}},
    {"max_drift", {{"\"-1ms\"", "must be from 0ms to 1m"}, {"\"61s\"", "must be from 0ms to 1m"}}},
    {"genesis_time", {{"-1", "must be a whole number from 0"}, {"253402300800000", "must be from 0 to 253402300799999"}}},
    {"gas_limit",
     {{"4999", "must be from 5000 to 9223372036854775807"},
      {"\"9223372036854775808\"", "must be from 5000"},
      {"\"99999999999999999999\"", "must be a whole number from 0 to 18446744073709551615"}}},
    {"base_fee",
     {{"\"0\"", "must be at least 1 and less than 2^128"},
      {"\"340282366920938463463374607431768211456\"", "must be at least 1 and less than 2^128"},
      {"\"007\"", "without leading zeros"},
      {"\"-1\"", "must be a number of wei"},
      {"1", "must be a number of wei below 2^256, as text"}}},
    {"activations.rules", {{"\"lunch\"", "must be rules that this program knows: launch"}}},
    {"activations.from", {{"1", "must be 0 in the first row"}, {"-1", "must be a whole number from 0"}}},
    {"federation.bitcoin_key",
     {{"\"0x12\"", "must be a public key (BIP-340), 0x and 64 hexadecimal digits"},
      {too_long, "must be a public key (BIP-340)"},
      {zero_key, "must be a public key: the x coordinate of a point"}}},
    {"federation.fee_recipient",
     {{"\"0x12\"", "must be an address, 0x and 40 hexadecimal digits"},
      {too_long, "must be an address"},
      {"\"0x" + std::string(40, '0') + '"', "must not be the zero address"}}},
    {"bitcoin.start_height", {{"500000000", "must be from 0 to 499999999"}, {"-1", "must be a whole number"}}},
    {"bitcoin.required_confirmations", {{"0", "must be from 1 to 10000"}, {"10001", "must be from 1 to 10000"}}},
    {"proof_of_work.bits",
     {{"\"0x00000000\"", "must be a target as in Bitcoin's headers: above 0"},
      {"\"0x2100ffff\"", "must not be easier than easiest_bits"},
      {"\"0x1a322a97\"", "must not be harder than hardest_bits"},
      {"\"0x1d00ffff0\"", "must be a target as in Bitcoin's headers, 0x and 8"}}},
    {"proof_of_work.easiest_bits",
     {{"\"0x1dffffff\"", "must be a target as in Bitcoin's headers: above 0"},
      {"\"0x1a322a97\"", "must not be harder than hardest_bits"},
      {"545259519", "must be a target as in Bitcoin's headers, 0x and 8"}}},
    {"proof_of_work.hardest_bits", {{"\"0x2200ffff\"", "must be a target as in Bitcoin's headers: above 0"}}},
    {"proof_of_work.target_timespan",
     {{"0", "must be from 1 to 1000000000"}, {"1000000001", "must be from 1"}, {"61", "must be a multiple of target_spacing"}}},
    {"proof_of_work.target_spacing", {{"0", "must be from 1 to 1000000000"}, {"1000000001", "must be from 1 to 1000000000"}}},
    {"proof_of_work.max_adjustment", {{"0", "must be from 1 to 100"}, {"101", "must be from 1 to 100"}}},
    {"proof_of_work.no_retargeting", {{"1", "must be true or false"}}},
    {"proof_of_work.max_blocks_without", {{"0", "must be from 1 to 18446744073709551615"}}},
    {"accounts.address", {{"\"0x12\"", "must be an address"}, {too_long, "must be an address"}}},
    {"accounts.balance",
     {{"\"0\"", "must be at least 1"},
      {"\"57896044618658097711785492504343953926634992332820282019728792003956564819968\"",
       "must leave the sum of all balances below 2^255"},
      {"\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", "must be a number of wei below 2^256"}}},
};

} // namespace

TEST_CASE("a spec is read back from the file that is written of it") {
  CHECK(spec_from_toml(spec_to_toml(full_spec()), "spec.toml") == full_spec());
  chain_spec least = dev_spec(100ms);
  least.federation.clear();
  least.accounts.clear();
  CHECK(spec_from_toml(spec_to_toml(least), "spec.toml") == least);
}

TEST_CASE("every key of a spec file is described and every description is of a key") {
  std::set<std::string> written;
  chain_spec all = full_spec();
  all.execution = {unix_seconds{1}, unix_seconds{2}}; // may be left out
  for (const entry& each : file{spec_to_toml(all)}.entries) written.insert(each.key);
  std::set<std::string> described;
  for (const spec_field& each : spec_fields()) described.insert(std::string{each.key});
  for (const char* list : {"execution", "activations", "federation", "accounts"}) described.erase(list);
  CHECK(written == described);
}

TEST_CASE("later forks may be left out and are checked where they are not") {
  const auto with = [](const std::string& table) {
    std::string text = spec_to_toml(full_spec());
    return spec_from_toml(text.insert(text.find("\n[["), "\n[execution]\n" + table), "spec.toml");
  };
  chain_spec both = full_spec();
  both.execution = {unix_seconds{5}, unix_seconds{7}};
  CHECK(spec_from_toml(spec_to_toml(both), "spec.toml") == both);
  CHECK(with("") == full_spec());
  CHECK(with("cancun_time = 5").value().execution == execution_forks{unix_seconds{5}, {}});
  const std::string early = "must not be before cancun_time, which it needs";
  for (const char* wrong : {"prague_time = 7", "cancun_time = 8\nprague_time = 7"})
    CHECK(with(wrong).error().text().find(early) != std::string::npos);
  CHECK(with("cancun_time = 253402300800").error().text().find("must be from 0 to 253402300799") != std::string::npos);
  CHECK(with("cancun_time = \"soon\"").error().text().find("cancun_time") != std::string::npos);
  CHECK(with("osaka_time = 9").error().text().find("osaka_time") != std::string::npos);
}

TEST_CASE("the page of chain specs has every key as the program has it") {
  std::ifstream in{ALYS_SOURCE_DIR "/docs/reference/chain-spec.md"};
  std::vector<std::string> on_page;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("| `")) on_page.push_back(line);
  }
  std::vector<std::string> of_program;
  for (const spec_field& each : spec_fields()) {
    const auto cell = [](std::string_view text) { return text.empty() ? std::string{" |"} : ' ' + std::string{text} + " |"; };
    of_program.push_back("| `" + std::string{each.key} + "` |" + cell(each.type) + cell(each.allowed) + cell(each.meaning));
  }
  CHECK(on_page == of_program);
}

TEST_CASE("a key that is missing or twice or of another type is refused in every place") {
  const file good{spec_to_toml(full_spec())};
  REQUIRE(good.entries.size() > 25);
  for (const entry& each : good.entries) {
    refused(good.without(each), each.table, each.place + ": is missing; it must be ");
    refused(good.with_line_after(each, good.lines[each.line - 1]), each.line + 1, "");
    refused(good.with(each, "1979-05-27"), each.line, each.place + " = 1979-05-27: must be ");
    refused(good.with_line_after(each, "wrong = 1"), each.line + 1, around(each.place) + "wrong = 1: unknown key; allowed: ");
  }
}

TEST_CASE("a table that is missing is refused by name") {
  for (const char* name : {"bitcoin", "proof_of_work"}) {
    std::string text = spec_to_toml(full_spec());
    const auto begin = text.find("\n[" + std::string{name} + "]");
    REQUIRE(begin != std::string::npos);
    text.erase(begin, text.find("\n[", begin + 1) - begin);
    refused(text, 1, std::string{name} + ": is missing; it must be a table");
  }
}

TEST_CASE("a value outside of its range is refused in every place") {
  const file good{spec_to_toml(full_spec())};
  std::set<std::string> tried;
  for (const entry& each : good.entries) {
    if (each.key == "authorities") continue; // below: several in one line
    const auto wrong = out_of_range.find(each.key);
    REQUIRE(wrong != out_of_range.end());
    tried.insert(each.key);
    for (const auto& [value, words] : wrong->second) {
      const bool later_row = each.place.find("[0]") == std::string::npos && each.key.starts_with("activations");
      if (later_row) continue;
      CAPTURE(each.place, value);
      const std::string said = complaint(good.with(each, value));
      CHECK_THAT(said, Catch::Contains("spec.toml:" + std::to_string(each.line) + ": " + each.place + " = "));
      CHECK_THAT(said, Catch::Contains(words));
    }
  }
  CHECK(tried.size() == out_of_range.size());
}

TEST_CASE("wrong lists of authorities are refused") {
  const file good{spec_to_toml(full_spec())};
  const auto& at = *std::ranges::find(good.entries, "authorities", &entry::key);
  const std::string key = '"' + to_hex(full_spec().authorities[0]) + '"';
  refused(good.with(at, "[]"), at.line, "authorities = []: must be from 1 to 256 keys, not 0");
  refused(good.with(at, '[' + key + ", \"0x12\"]"), at.line,
          "authorities[1] = \"0x12\": must be a public key (BIP-340), 0x and 64 hexadecimal digits");
  refused(good.with(at, '[' + key + ", 5]"), at.line, "authorities[1] = 5: must be a public key");
  refused(good.with(at, '[' + zero_key + ", " + key + "]"), at.line, "authorities[0] = \"0x00");
  refused(good.with(at, '[' + key + ", " + key + "]"), at.line, "authorities[1] = " + key.substr(0, 20));
  CHECK_THAT(complaint(good.with(at, '[' + key + ", " + key + ", " + key + "]")),
             Catch::Contains("must be another key than authorities[0]"));
  std::string many = key;
  for (int i = 0; i < 256; ++i) many += ", " + key;
  CHECK_THAT(complaint(good.with(at, '[' + many + ']')), Catch::Contains("must be from 1 to 256 keys, not 257"));
}

TEST_CASE("the federation has as many members as there are authorities and no key twice") {
  const file good{spec_to_toml(full_spec())};
  const auto& authorities = *std::ranges::find(good.entries, "authorities", &entry::key);
  const std::string two = '[' + ('"' + to_hex(full_spec().authorities[0])) + "\", \"" + to_hex(full_spec().authorities[1]) + "\"]";
  CHECK_THAT(complaint(good.with(authorities, two)),
             Catch::Contains("federation = ") && Catch::Contains("must have one member for each of the 2 authorities, or none, not 3"));
  const auto& last = *std::ranges::find(good.entries, "federation[2].bitcoin_key", &entry::place);
  refused(good.with(last, '"' + to_hex(full_spec().federation[0].bitcoin_key) + '"'), last.line, "federation[2].bitcoin_key = \"0xf2de");
  CHECK_THAT(complaint(good.with(last, '"' + to_hex(full_spec().federation[0].bitcoin_key) + '"')),
             Catch::Contains("must be another key than federation[0].bitcoin_key"));
}

TEST_CASE("activations and accounts are in strict order") {
  const file good{spec_to_toml(full_spec())};
  const auto& from = *std::ranges::find(good.entries, "activations[0].from", &entry::place);
  const auto again = [&](const std::string& height) {
    return good.with_line_after(from, "[[activations]]\nrules = \"launch\"\nfrom = " + height);
  };
  refused(again("0"), from.line + 3, "activations[1].from = 0: must be above that of the row before");
  refused(again("5"), from.line + 2, "activations[1].rules = \"launch\": must be newer than those of the row before");
  const auto& account = *std::ranges::find(good.entries, "accounts[1].address", &entry::place);
  refused(good.with(account, "\"0x0000000000000000000000000000000000000001\""), account.line,
          "accounts[1].address = \"0x0000000000000000000000000000000000000001\": must be above that of the account before");
}

TEST_CASE("all problems of a spec file are told at once and in order") {
  const std::string said = complaint("chain_id = \"x\"\nslot_duraton = \"2s\"\n");
  CHECK_THAT(said, Catch::StartsWith("spec.toml:1: "));
  CHECK_THAT(said, Catch::Contains("chain_id = \"x\": must be a whole number") &&
                       Catch::Contains("spec.toml:2: slot_duraton = \"2s\": unknown key; allowed: chain_id, ") &&
                       Catch::Contains("spec.toml:1: slot_duration: is missing; it must be a duration") &&
                       Catch::Contains("spec.toml:1: accounts: is missing; it must be an array"));
}

TEST_CASE("a spec is read from a file and a missing or too large one is named") {
  const alys::test::temporary_folder folder;
  const auto path = folder.path() / "spec.toml";
  CHECK_THAT(load_spec(path).error().text(), Catch::StartsWith(path.string() + ": cannot be opened"));
  std::ofstream{path} << spec_to_toml(full_spec());
  CHECK(load_spec(path) == full_spec());
  std::ofstream{path, std::ios::app} << '#' << std::string(1'100'000, '.') << '\n';
  CHECK_THAT(load_spec(path).error().text(), Catch::Contains("is larger than 1048576 bytes"));
}
