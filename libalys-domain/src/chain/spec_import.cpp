// SPDX-License-Identifier: Apache-2.0
//
// From the JSON of the earlier implementation, and what the operator adds, to a spec.
#include <alys/domain/chain/spec_import.hpp>

#include "json_fields.hpp"
#include "spec_schema.hpp"

#include <alys/domain/chain/dev_spec.hpp>

#include <limits>
#include <set>

namespace alys::domain {
namespace {

constexpr std::size_t bls_key_bytes = 48;
constexpr std::size_t bitcoin_key_bytes = 33;
constexpr auto any_number = std::numeric_limits<std::uint64_t>::max();
constexpr auto any_bits = std::numeric_limits<std::uint32_t>::max();

using bls_key = fixed_bytes<struct bls_key_tag, bls_key_bytes>;
[[nodiscard]] constexpr std::string_view alys_text_form(tag<bls_key>) { return "a BLS key of the JSON, 0x and 96 hexadecimal digits"; }

// ---- what the operator adds ----

struct authority_addition {
  static constexpr bool complete = true;
  bls_key bls;
  schnorr_public_key key;
};
ALYS_CONFIG(authority_addition, bls, key)

struct spec_additions {
  static constexpr bool complete = true;
  const std::vector<bls_key>* wanted = nullptr; // the JSON's authorities
  std::chrono::milliseconds max_drift{};
  unix_milliseconds genesis_time;
  gas gas_limit;
  wei_text base_fee;
  std::vector<authority_addition> authorities;
  std::vector<account_entry> accounts;

  // The key of an authority; null if it has none.
  [[nodiscard]] const schnorr_public_key* key_of(const bls_key& bls) const {
    const auto found = std::ranges::find(authorities, bls, &authority_addition::bls);
    return found == authorities.end() ? nullptr : &found->key;
  }
  void put_into(chain_spec& spec) const;
  void validate(problem_list& problems) const;
};
ALYS_CONFIG(spec_additions, max_drift, genesis_time, gas_limit, base_fee, authorities, accounts)

// Authorities stand in the order of the JSON: it is the order of turns.
void spec_additions::put_into(chain_spec& spec) const {
  spec.max_drift = max_drift;
  spec.genesis_time = genesis_time;
  spec.gas_limit = gas_limit;
  spec.base_fee = base_fee.amount;
  spec.accounts = accounts_of(accounts);
  spec.authorities.clear();
  for (const bls_key& bls : *wanted) {
    if (const auto* key = key_of(bls)) spec.authorities.push_back(*key);
  }
}

void spec_additions::validate(problem_list& problems) const {
  std::set<bls_key> seen;
  for (std::size_t i = 0; i < authorities.size(); ++i) {
    const std::string at = "authorities[" + std::to_string(i) + "].bls";
    if (std::ranges::find(*wanted, authorities[i].bls) == wanted->end()) problems.push_back({at, "must be one of the JSON's authorities"});
    else if (!seen.insert(authorities[i].bls).second) problems.push_back({at, "must be another key than in the rows before"});
  }
  for (const bls_key& bls : *wanted) {
    if (key_of(bls) == nullptr)
      problems.push_back({"authorities", "must have a row for " + to_hex(bls) + ", which is an authority in the JSON"});
  }
  // The rest by the rules of every spec, with the authorities in this file's order, so that a problem finds its row.
  chain_spec spec = dev_spec();
  put_into(spec);
  spec.federation.clear();
  spec.authorities.clear();
  for (const authority_addition& each : authorities) spec.authorities.push_back(each.key);
  for (spec_problem& each : problems_of(spec)) {
    if (each.field.starts_with("authorities[")) each.field += ".key";
    problems.push_back({std::move(each.field), std::move(each.text)});
  }
}

// ---- the JSON ----

// A member of the JSON and the field of a spec that it becomes.
struct counterpart {
  std::string_view json;
  std::string_view field;
};
constexpr counterpart counterparts[] = {
    {"chainId", "chain_id"},
    {"slotDuration", "slot_duration"},
    {"federation", "federation"},
    {"bitcoinStartHeight", "bitcoin.start_height"},
    {"requiredBtcTxnConfirmations", "bitcoin.required_confirmations"},
    {"bits", "proof_of_work.bits"},
    {"retargetParams.powLimit", "proof_of_work.easiest_bits"},
    {"retargetParams.powLowerLimit", "proof_of_work.hardest_bits"},
    {"retargetParams.powTargetTimespan", "proof_of_work.target_timespan"},
    {"retargetParams.powTargetSpacing", "proof_of_work.target_spacing"},
    {"retargetParams.maxPowAdjustment", "proof_of_work.max_adjustment"},
    {"retargetParams.powNoRetargeting", "proof_of_work.no_retargeting"},
    {"maxBlocksWithoutPow", "proof_of_work.max_blocks_without"},
};

// Where a problem of the spec stands in the JSON: "federation[1].bitcoin_key" is "federationBitcoinPubkeys[1]".
[[nodiscard]] std::string json_path_of(const std::string& field) {
  constexpr std::string_view members = "federation[";
  if (field.starts_with(members)) {
    const std::string index = field.substr(members.size() - 1, field.find(']') - members.size() + 2);
    return (field.ends_with(".bitcoin_key") ? "federationBitcoinPubkeys" : "federation") + index;
  }
  const auto* found = std::ranges::find(counterparts, field, &counterpart::field);
  return found == std::end(counterparts) ? field : std::string{found->json};
}

// Words about other fields of a spec, in words about the JSON.
[[nodiscard]] std::string in_words_of_json(std::string text) {
  if (const auto last = text.rfind(' ') + 1; text.ends_with(".bitcoin_key")) return text.substr(0, last) + json_path_of(text.substr(last));
  for (const auto& [json, field] : counterparts) {
    const std::string_view name = field.substr(field.find('.') + 1);
    if (const auto at = text.find(name); at != std::string::npos && name.find('_') != std::string_view::npos)
      text.replace(at, name.size(), json);
  }
  return text;
}

struct json_content {
  chain_spec spec; // with dev authorities, as many as the JSON has
  std::vector<bls_key> authorities;
  std::vector<std::string> notes;
};

void read_authorities(json_fields& in, json_content& out) {
  std::set<bls_key> seen;
  for (const bytes& each : in.byte_strings("authorities", bls_key_bytes, "a BLS key")) {
    out.authorities.push_back(bls_key::from(each).value());
    if (!seen.insert(out.authorities.back()).second && in.good())
      in.refuse("authorities[" + std::to_string(out.authorities.size() - 1) + "]", "must be another key than those before");
  }
  if (in.good() && (out.authorities.empty() || out.authorities.size() > max_authorities))
    in.refuse("authorities",
              "must be from 1 to " + std::to_string(max_authorities) + " keys, not " + std::to_string(out.authorities.size()));
}

// Two lists of the JSON that belong together, row by row.
void read_federation(json_fields& in, json_content& out) {
  const auto recipients = in.byte_strings("federation", address::size(), "an address");
  const auto keys = in.byte_strings("federationBitcoinPubkeys", bitcoin_key_bytes, "a compressed public key");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (in.good() && keys[i].front() != 2 && keys[i].front() != 3)
      in.refuse("federationBitcoinPubkeys[" + std::to_string(i) + "]", "must be a compressed public key, which begins with 02 or 03");
  }
  const auto same_length = [&](const char* list, std::size_t length) {
    if (length != out.authorities.size())
      in.refuse(list, "must have one row for each of the " + std::to_string(out.authorities.size()) + " authorities, not " +
                          std::to_string(length));
  };
  if (!in.good()) return;
  same_length("federation", recipients.size());
  same_length("federationBitcoinPubkeys", keys.size());
  if (!in.good()) return;
  out.spec.federation.clear();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    // Taproot has x-only keys: the byte in front of the coordinate makes no difference to the federation's output.
    const bytes_view x = bytes_view{keys[i]}.subspan(1);
    out.spec.federation.push_back({schnorr_public_key::from(x).value(), address::from(recipients[i]).value()});
  }
}

void read_numbers(json_fields& in, chain_spec& spec) {
  const auto blocks = [&in](const char* path) { return block_count{in.number(path, any_number)}; };
  const auto target = [&in](const char* path) { return compact_target{static_cast<std::uint32_t>(in.number(path, any_bits))}; };
  spec.chain_id = in.number("chainId", any_number);
  spec.slot_duration = std::chrono::milliseconds{in.number("slotDuration", std::numeric_limits<std::int64_t>::max())};
  spec.bitcoin = {bitcoin_height{in.number("bitcoinStartHeight", any_number)}, blocks("requiredBtcTxnConfirmations")};
  proof_of_work_rules& pow = spec.proof_of_work;
  pow.bits = target("bits");
  pow.max_blocks_without = blocks("maxBlocksWithoutPow");
  in.only("retargetParams", {"powLimit", "powLowerLimit", "powTargetTimespan", "powTargetSpacing", "powNoRetargeting", "maxPowAdjustment"});
  pow.easiest_bits = target("retargetParams.powLimit");
  pow.hardest_bits = target("retargetParams.powLowerLimit");
  pow.target_timespan = blocks("retargetParams.powTargetTimespan");
  pow.target_spacing = blocks("retargetParams.powTargetSpacing");
  pow.no_retargeting = in.flag("retargetParams.powNoRetargeting");
  pow.max_adjustment = percent{in.number("retargetParams.maxPowAdjustment", any_number)};
}

// What the JSON may say, and a spec does not.
void leave_out(json_fields& in, std::vector<std::string>& notes) {
  const auto note = [&](const char* path) {
    notes.push_back(in.place(path) + ": is a setting of a node and not of its chain, and left out");
  };
  if (in.has("isValidator") && (static_cast<void>(in.flag("isValidator")), in.good())) note("isValidator");
  if (in.has("executionTimeoutLength") && (static_cast<void>(in.number("executionTimeoutLength", any_number)), in.good()))
    note("executionTimeoutLength");
}

[[nodiscard]] alys::result<json_content> read_chain(std::string_view json, std::string_view name) {
  const auto document = read_json(json);
  if (!document) return alys::fail(config_error::malformed, std::string{name} + ": " + document.error().text());
  json_fields in{json, *document, name};
  json_content out;
  in.only("", {"chainId", "slotDuration", "authorities", "federation", "federationBitcoinPubkeys", "bits", "maxBlocksWithoutPow",
               "bitcoinStartHeight", "requiredBtcTxnConfirmations", "retargetParams", "isValidator", "executionTimeoutLength"});
  read_authorities(in, out);
  out.spec = dev_spec(std::chrono::seconds{2}, std::clamp<std::size_t>(out.authorities.size(), 1, max_authorities));
  read_federation(in, out);
  read_numbers(in, out.spec);
  leave_out(in, out.notes);
  if (in.good()) {
    for (const spec_problem& each : problems_of(out.spec)) in.refuse(json_path_of(each.field), in_words_of_json(each.text));
  }
  if (!in.good()) return alys::fail(config_error::invalid, in.problems());
  return out;
}

} // namespace

alys::result<imported_spec> import_spec(const import_source& source) {
  auto json = read_chain(source.json, source.json_name);
  if (!json) return json.error();
  spec_additions none;
  none.wanted = &json->authorities;
  const auto additions = alys::from_toml<spec_additions>(source.additions, source.additions_name, none);
  if (!additions) return additions.error();
  imported_spec made{std::move(json->spec), std::move(json->notes)};
  additions->put_into(made.spec);
  if (auto allowed = check(made.spec); !allowed) return allowed.error();
  return made;
}

alys::result<std::string> spec_additions_form(std::string_view json, std::string_view json_name) {
  const auto chain = read_chain(json, json_name);
  if (!chain) return chain.error();
  std::string text =
      "# What a spec needs and " + std::string{json_name} + " does not have: fill it in, and import again.\n\n" +
      "# When the chain begins, in milliseconds since 1970-01-01 UTC.\n# genesis_time = 1700000000000\n\n" +
      "# How far a block's time may lie ahead of a node's clock.\nmax_drift = \"500ms\"\n\n" +
      "# Of every block, and the base fee of the first one in wei per unit of gas: those of the execution client's genesis.\n" +
      "gas_limit = 30000000\nbase_fee = \"1000000000\"\n\n" +
      "# Who has coins before the first block, ascending by address: { address = \"0x...\", balance = \"WEI\" }.\n" +
      "accounts = []\n\n# The public key (BIP-340) of each authority, which has a BLS key in the JSON: `alysd keygen` makes one.\n";
  for (const bls_key& each : chain->authorities) text += "[[authorities]]\nbls = \"" + to_hex(each) + "\"\n# key = \"0x...\"\n";
  return text;
}

} // namespace alys::domain
