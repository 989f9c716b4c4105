// SPDX-License-Identifier: Apache-2.0
//
// Chain specs made of the JSON of the earlier implementation: its four shapes, and every member wrong in turn.
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_import.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace alys::domain;

namespace {

[[nodiscard]] std::string bls(std::size_t i) { return "0x" + std::string(94, 'a') + "0" + std::to_string(i); }
[[nodiscard]] std::string recipient(std::size_t i) { return "0x" + std::string(38, '1') + "0" + std::to_string(i); }
[[nodiscard]] schnorr_public_key key(std::size_t i) {
  return dev_authority_key(authority_index{static_cast<std::uint16_t>(i)}).public_key();
}
[[nodiscard]] std::string bitcoin_key(std::size_t i) { return (i % 2 == 0 ? "02" : "03") + to_hex_digits(key(i).view()); }

struct shape {
  std::size_t authorities = 1;
  std::uint64_t chain_id = 727'272;
  std::uint64_t slot_ms = 5'000;
  std::uint32_t bits = 486'604'799;
  std::uint32_t limit = 553'713'663;
  std::uint32_t lower_limit = 439'495'319;
  std::uint64_t timespan = 60;
  std::uint64_t spacing = 5;
  bool no_retargeting = false;
  std::uint64_t without = 50'000;
  std::uint64_t start_height = 0;
  bool of_node = true; // isValidator and executionTimeoutLength
};

[[nodiscard]] std::string quoted_list(std::size_t n, std::string (*each)(std::size_t)) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += (text.empty() ? "" : ", ") + ('"' + each(i)) + '"';
  return '[' + text + ']';
}

// One member a line.
[[nodiscard]] std::string json_of(const shape& s) {
  std::ostringstream out;
  out << "{\n\"slotDuration\": " << s.slot_ms << ",\n\"authorities\": " << quoted_list(s.authorities, bls)
      << ",\n\"federation\": " << quoted_list(s.authorities, recipient)
      << ",\n\"federationBitcoinPubkeys\": " << quoted_list(s.authorities, bitcoin_key) << ",\n\"bits\": " << s.bits
      << ",\n\"chainId\": " << s.chain_id << ",\n\"maxBlocksWithoutPow\": " << s.without << ",\n\"bitcoinStartHeight\": " << s.start_height;
  if (s.of_node) out << ",\n\"isValidator\": true,\n\"executionTimeoutLength\": 3";
  out << ",\n\"requiredBtcTxnConfirmations\": 144,\n\"retargetParams\": {\n\"powLimit\": " << s.limit
      << ",\n\"powLowerLimit\": " << s.lower_limit << ",\n\"powTargetTimespan\": " << s.timespan << ",\n\"powTargetSpacing\": " << s.spacing
      << ",\n\"powNoRetargeting\": " << (s.no_retargeting ? "true" : "false") << ",\n\"maxPowAdjustment\": 20\n}\n}\n";
  return out.str();
}

[[nodiscard]] std::string additions_for(std::size_t authorities) {
  std::string text =
      "max_drift = \"500ms\"\ngenesis_time = 1700000000000\ngas_limit = 30000000\nbase_fee = \"1000000000\"\naccounts = []\n";
  for (std::size_t i = authorities; i-- > 0;) // in another order than the JSON's
    text += "[[authorities]]\nbls = \"" + bls(i) + "\"\nkey = \"" + to_hex(key(i)) + "\"\n";
  return text;
}

[[nodiscard]] alys::result<imported_spec> imported(const std::string& json, const std::string& additions) {
  return import_spec({.json = json, .json_name = "chain.json", .additions = additions, .additions_name = "more.toml"});
}

// The four files that were in use: of its development chain, of its test network with and without a limit of blocks without a proof of work,
// and of a chain with fixed difficulty.
const std::vector<shape> shapes{
    {.chain_id = 121'212, .slot_ms = 4'000, .bits = 505'794'034, .start_height = 95'800},
    {.authorities = 3},
    {.authorities = 3, .lower_limit = 486'604'799, .without = 500'000'000'000},
    {.bits = 505'794'034,
     .limit = 505'794'034,
     .timespan = 12'000,
     .spacing = 1'000,
     .no_retargeting = true,
     .without = 20,
     .of_node = false},
};

struct lines {
  std::vector<std::string> all;
  explicit lines(const std::string& text) {
    std::istringstream in{text};
    for (std::string each; std::getline(in, each);) all.push_back(each);
  }
  [[nodiscard]] std::string text() const {
    std::string joined;
    for (const std::string& each : all) joined += each + '\n';
    return joined;
  }
  // The line, from 1, that begins with this member.
  [[nodiscard]] std::size_t of(const std::string& member) const {
    const auto found = std::ranges::find_if(all, [&](const std::string& l) { return l.starts_with('"' + member + '"'); });
    REQUIRE(found != all.end());
    return static_cast<std::size_t>(found - all.begin()) + 1;
  }
  [[nodiscard]] std::string with(const std::string& member, const std::string& value) const {
    lines changed = *this;
    std::string& line = changed.all[of(member) - 1];
    line = line.substr(0, line.find(':')) + ": " + value + (line.ends_with(',') ? "," : "");
    return changed.text();
  }
  // A member under another name, so that commas stay where they must be.
  [[nodiscard]] std::string renamed(const std::string& member) const {
    lines changed = *this;
    changed.all[of(member) - 1].insert(1, "x");
    return changed.text();
  }
};

[[nodiscard]] std::string complaint(const std::string& json, const std::string& additions) {
  const auto made = imported(json, additions);
  return made ? "it was taken" : made.error().text();
}
[[nodiscard]] std::string about_json(const std::string& json) { return complaint(json, additions_for(3)); }
[[nodiscard]] std::string about_additions(const std::string& additions) { return complaint(json_of(shapes[1]), additions); }

[[nodiscard]] std::string in_json(const lines& l, const std::string& member, const std::string& rest) {
  return "chain.json:" + std::to_string(l.of(member)) + ": " + rest;
}

struct member {
  std::string name;
  std::string parent; // with a dot
  std::string value;  // out of range
  std::string words;
};

const std::vector<member> members{
    {"slotDuration", "", "99", "must be from 100ms to 1h"},
    {"slotDuration", "", "9223372036854775808", "must be a whole number from 0 to 9223372036854775807"},
    {"authorities", "", "[]", "must be from 1 to 256 keys, not 0"},
    {"federation", "", "[]", "must have one row for each of the 3 authorities, not 0"},
    {"federationBitcoinPubkeys", "", "[]", "must have one row for each of the 3 authorities, not 0"},
    {"bits", "", "4294967296", "must be a whole number from 0 to 4294967295"},
    {"bits", "", "0", "must be a target as in Bitcoin's headers"},
    {"bits", "", "553713664", "must be a target as in Bitcoin's headers"},
    {"bits", "", "439495318", "must not be harder than retargetParams.powLowerLimit"},
    {"chainId", "", "0", "must be from 1 to"},
    {"chainId", "", "-1", "must be a whole number from 0 to 18446744073709551615"},
    {"maxBlocksWithoutPow", "", "0", "must be from 1 to"},
    {"bitcoinStartHeight", "", "500000000", "must be from 0 to 499999999"},
    {"requiredBtcTxnConfirmations", "", "0", "must be from 1 to 10000"},
    {"isValidator", "", "1", "must be true or false"},
    {"executionTimeoutLength", "", "-3", "must be a whole number"},
    {"retargetParams", "", "5, \"x\": {", ""},
    {"powLimit", "retargetParams.", "439495318", "must not be harder than retargetParams.powLowerLimit"},
    {"powLowerLimit", "retargetParams.", "553713664", "must be a target as in Bitcoin's headers"},
    {"powTargetTimespan", "retargetParams.", "61", "must be a multiple of retargetParams.powTargetSpacing"},
    {"powTargetSpacing", "retargetParams.", "0", "must be from 1 to 1000000000"},
    {"powNoRetargeting", "retargetParams.", "\"no\"", "must be true or false"},
    {"maxPowAdjustment", "retargetParams.", "101", "must be from 1 to 100"},
};

} // namespace

TEST_CASE("the four shapes of JSON that were in use become specs") {
  for (const shape& s : shapes) {
    const auto made = imported(json_of(s), additions_for(s.authorities));
    INFO(made.error().text());
    REQUIRE(made);
    const chain_spec& spec = made->spec;
    CHECK(check(spec));
    CHECK(spec.chain_id == s.chain_id);
    CHECK(spec.slot_duration == std::chrono::milliseconds{s.slot_ms});
    CHECK(spec.genesis_time == unix_milliseconds{1'700'000'000'000});
    CHECK(spec.bitcoin == bitcoin_rules{bitcoin_height{s.start_height}, block_count{144}});
    CHECK(spec.proof_of_work == proof_of_work_rules{{s.bits},
                                                    {s.limit},
                                                    {s.lower_limit},
                                                    block_count{s.timespan},
                                                    block_count{s.spacing},
                                                    percent{20},
                                                    s.no_retargeting,
                                                    block_count{s.without}});
    REQUIRE(spec.authorities.size() == s.authorities);
    REQUIRE(spec.federation.size() == s.authorities);
    for (std::size_t i = 0; i < s.authorities; ++i) { // in the order of the JSON
      CHECK(spec.authorities[i] == key(i));
      CHECK(spec.federation[i] == federation_member{key(i), address::from_hex(recipient(i)).value()});
    }
    CHECK(made->notes.size() == (s.of_node ? 2 : 0));
  }
}

TEST_CASE("what is a setting of a node is left out of an imported spec and told") {
  const std::string json = json_of(shapes[0]);
  const auto notes = imported(json, additions_for(1))->notes;
  REQUIRE(notes.size() == 2);
  CHECK(notes[0] == in_json(lines{json}, "isValidator", "isValidator = true: is a setting of a node and not of its chain, and left out"));
  CHECK(notes[1] == in_json(lines{json}, "executionTimeoutLength",
                            "executionTimeoutLength = 3: is a setting of a node and not of its chain, and left out"));
}

TEST_CASE("every member of the JSON that is missing or of another type or unknown is refused with its line") {
  const lines good{json_of(shapes[1])};
  for (const member& each : members) {
    if (each.name == "retargetParams") continue;
    CAPTURE(each.name);
    const std::string path = each.parent + each.name;
    CHECK_THAT(about_json(good.with(each.name, "{}")), Catch::Contains(in_json(good, each.name, path + " = {...}: must be ")));
    CHECK_THAT(about_json(good.with(each.name, "null")), Catch::Contains(in_json(good, each.name, path + " = null: must be ")));
    const std::string renamed = about_json(good.renamed(each.name));
    CHECK_THAT(renamed, Catch::Contains(each.parent + "x" + each.name) && Catch::Contains(": unknown key; allowed: "));
    const bool optional = each.name == "isValidator" || each.name == "executionTimeoutLength";
    const std::size_t parent = each.parent.empty() ? 1 : good.of("retargetParams");
    if (!optional) CHECK_THAT(renamed, Catch::Contains("chain.json:" + std::to_string(parent) + ": " + path + ": is missing; it must be "));
  }
  CHECK_THAT(about_json(good.renamed("retargetParams")), Catch::Contains("chain.json:1: retargetParams: must be an object"));
}

TEST_CASE("every member of the JSON that is out of range is refused with its line and value") {
  const lines good{json_of(shapes[1])};
  for (const member& each : members) {
    if (each.words.empty()) continue;
    CAPTURE(each.name, each.value);
    const std::string said = about_json(good.with(each.name, each.value));
    CHECK_THAT(said, Catch::Contains(in_json(good, each.name, each.parent + each.name + " = ")));
    CHECK_THAT(said, Catch::Contains(each.words));
  }
}

TEST_CASE("wrong rows of the lists of the JSON are refused") {
  const lines good{json_of(shapes[1])};
  const auto said = [&](const char* list, std::size_t wrong, const std::string& value) {
    lines changed = good;
    std::string& line = changed.all[good.of(list) - 1];
    auto at = line.find('[') + 1;
    for (std::size_t i = 0; i < wrong; ++i) at = line.find(", ", at) + 2;
    const auto end = std::min(line.find(", ", at), line.find(']', at));
    line.replace(at, end - at, value);
    return about_json(changed.text());
  };
  CHECK_THAT(said("authorities", 1, "\"0x12\""), Catch::Contains("authorities[1] = \"0x12\": must be a BLS key, 96 hexadecimal digits"));
  CHECK_THAT(said("authorities", 2, '"' + bls(0) + '"'),
             Catch::Contains("authorities[2] = ") && Catch::Contains("must be another key than those before"));
  CHECK_THAT(said("authorities", 0, "7"), Catch::Contains("authorities[0] = 7: must be a BLS key"));
  CHECK_THAT(said("federation", 2, "\"12\""), Catch::Contains("federation[2] = \"12\": must be an address, 40 hexadecimal digits"));
  CHECK_THAT(said("federation", 0, "\"0x" + std::string(40, '0') + '"'),
             Catch::Contains("federation[0] = ") && Catch::Contains("must not be the zero address"));
  CHECK_THAT(said("federationBitcoinPubkeys", 1, "\"04" + to_hex_digits(key(1).view()) + '"'),
             Catch::Contains("federationBitcoinPubkeys[1] = ") && Catch::Contains("begins with 02 or 03"));
  CHECK_THAT(said("federationBitcoinPubkeys", 1, "\"02" + to_hex_digits(key(0).view()) + '"'),
             Catch::Contains("federationBitcoinPubkeys[1] = ") && Catch::Contains("must be another key than federationBitcoinPubkeys[0]"));
  CHECK_THAT(said("federationBitcoinPubkeys", 1, "\"02" + std::string(64, '0') + '"'),
             Catch::Contains("must be a public key: the x coordinate of a point"));
}

TEST_CASE("what is no JSON or has a member twice is refused") {
  CHECK_THAT(about_json(""), Catch::StartsWith("chain.json: "));
  CHECK_THAT(about_json("[]"), Catch::Contains("must be an object"));
  CHECK_THAT(about_json("{\"bits\": 1, \"bits\": 2}"), Catch::Contains("\"bits\" named twice"));
  CHECK_THAT(about_json(json_of(shapes[1]) + "}"), Catch::StartsWith("chain.json: malformed at byte "));
}

TEST_CASE("each authority of the JSON needs a key of its own in the additions") {
  const std::string good = additions_for(3);
  CHECK_THAT(about_additions(additions_for(2)), Catch::Contains("must have a row for " + bls(2) + ", which is an authority in the JSON"));
  CHECK_THAT(about_additions(good + "[[authorities]]\nbls = \"" + bls(7) + "\"\nkey = \"" + to_hex(key(7)) + "\"\n"),
             Catch::Contains("more.toml:16: authorities[3].bls = ") && Catch::Contains("must be one of the JSON's authorities"));
  CHECK_THAT(about_additions(good + "[[authorities]]\nbls = \"" + bls(1) + "\"\nkey = \"" + to_hex(key(7)) + "\"\n"),
             Catch::Contains("more.toml:16: authorities[3].bls = ") && Catch::Contains("must be another key than in the rows before"));
  std::string same = good;
  same.replace(same.find(to_hex(key(1))), 66, to_hex(key(2)));
  CHECK_THAT(about_additions(same),
             Catch::Contains("more.toml:11: authorities[1].key = ") && Catch::Contains("must be another key than authorities[0]"));
}

TEST_CASE("additions that are missing or wrong are refused with their line") {
  const lines good{additions_for(3)};
  for (std::size_t i = 0; i < 5; ++i) {
    lines changed = good;
    changed.all[i].clear();
    CHECK_THAT(about_additions(changed.text()), Catch::Contains("more.toml:1: ") && Catch::Contains(": is missing; it must be "));
  }
  lines changed = good;
  changed.all[2] = "gas_limit = 1";
  CHECK_THAT(about_additions(changed.text()), Catch::Contains("more.toml:3: gas_limit = 1: must be from 5000 to"));
  CHECK_THAT(about_additions(good.text() + "chain_id = 5\n"), Catch::Contains("authorities[2].chain_id = 5: unknown key"));
}

TEST_CASE("the form of additions names the authorities and is refused until it is filled in") {
  const std::string form = spec_additions_form(json_of(shapes[1]), "chain.json").value();
  for (std::size_t i = 0; i < 3; ++i) CHECK_THAT(form, Catch::Contains("bls = \"" + bls(i) + '"'));
  const std::string said = about_additions(form);
  CHECK_THAT(said, Catch::Contains("genesis_time: is missing") && Catch::Contains("authorities[2].key: is missing"));
  std::string filled = form;
  for (std::size_t i = 0; i < 3; ++i) filled.replace(filled.find("# key = \"0x...\""), 15, "key = \"" + to_hex(key(i)) + '"');
  filled.replace(filled.find("# genesis_time"), 2, "");
  CHECK(imported(json_of(shapes[1]), filled));
  CHECK_FALSE(spec_additions_form("{}", "chain.json"));
}
