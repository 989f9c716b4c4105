// SPDX-License-Identifier: Apache-2.0
//
// Laws of TOML configurations: what is written is read back as the same, and no text does more than be refused.
#include <alys/actors/toml.hpp>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace {

struct inner {
  std::uint64_t count = 0;
  std::chrono::microseconds wait{0};
  friend bool operator==(const inner&, const inner&) = default;
};
ALYS_CONFIG(inner, count, wait)

struct outer {
  std::string name{};
  bool on = false;
  std::int64_t low = 0;
  double share = 0;
  std::optional<std::int8_t> small{};
  std::vector<std::string> words{};
  std::map<std::string, std::int32_t> sizes{};
  std::vector<inner> parts{};
  std::map<std::string, inner> named{};
  std::optional<inner> spare{};
  friend bool operator==(const outer&, const outer&) = default;
};
ALYS_CONFIG(outer, name, on, low, share, small, words, sizes, parts, named, spare)

// Any text that UTF-8 allows, in all its lengths, with what needs an escape and what does not.
std::string any_text() {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "\"", "\\", "\n", "\t", "\r", std::string(1, '\0'), "\x7f", "\x1f", "ä", "€", "😀", " ", "'", ".", "#", "=", "[", "u"));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  return text;
}

std::vector<std::string> any_texts() {
  std::vector<std::string> texts;
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) texts.push_back(any_text());
  return texts;
}

inner any_inner() {
  return {.count = *rc::gen::arbitrary<std::uint64_t>(),
          .wait = std::chrono::microseconds{*rc::gen::inRange<std::int64_t>(-9'000'000'000'000'000, 9'000'000'000'000'000)}};
}

outer any_outer() {
  outer config{.name = any_text(),
               .on = *rc::gen::arbitrary<bool>(),
               .low = *rc::gen::arbitrary<std::int64_t>(),
               .share = *rc::gen::arbitrary<double>(),
               .words = any_texts()};
  if (*rc::gen::arbitrary<bool>()) config.small = *rc::gen::arbitrary<std::int8_t>();
  if (*rc::gen::arbitrary<bool>()) config.spare = any_inner();
  for (const auto& key : any_texts()) config.sizes[key] = *rc::gen::arbitrary<std::int32_t>();
  for (const auto& key : any_texts()) config.named[key] = any_inner();
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) config.parts.push_back(any_inner());
  return config;
}

} // namespace

TEST_CASE("a configuration that was written is read back as the same") {
  rc::prop("round trip", [] {
    const outer config = any_outer();
    const std::string text = alys::to_toml(config);
    RC_LOG() << text;
    const auto read = alys::from_toml<outer>(text);
    if (!read) RC_LOG() << read.error().text();
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == config);
  });
}

TEST_CASE("no text does more than be read or refused with a reason") {
  rc::prop("total", [] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "name", "low", "share", "parts", "named", "spare", "count", "wait", "=", ".", "[", "]", "[[", "]]", "{", "}", ",", "\n", "\"", "'",
        "\"\"\"", "'''", "\\", "1", "-", "1e9", "inf", "true", "\"2s\"", "#", " ", "1979-05-27T07:32:00Z", "\xff"));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    const auto read = alys::from_toml<outer>(text, "x");
    if (!read) RC_ASSERT(read.error().text().rfind("x", 0) == 0u);
    if (read) RC_ASSERT(alys::from_toml<outer>(alys::to_toml(*read)).has_value());
  });
}

TEST_CASE("a written configuration that lost a piece is read or refused with a reason") {
  rc::prop("damaged", [] {
    std::string text = alys::to_toml(any_outer());
    const auto from = *rc::gen::inRange<std::size_t>(0, text.size());
    text.erase(from, *rc::gen::inRange<std::size_t>(1, 20));
    const auto read = alys::from_toml<outer>(text, "x");
    if (!read) RC_ASSERT(!read.error().text().empty());
    RC_SUCCEED("answered");
  });
}
