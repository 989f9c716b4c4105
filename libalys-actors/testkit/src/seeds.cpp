// SPDX-License-Identifier: Apache-2.0
#include <alys/testkit/seeds.hpp>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

namespace alys::testkit {

namespace {

// As it stands in the environment; nothing if it does not. Throws std::invalid_argument for what is no number.
std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe): tests read it before they start threads
  if (text == nullptr || *text == '\0') return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, value);
  if (read.ec != std::errc{} || read.ptr != end)
    throw std::invalid_argument(std::string{name} + " must be a whole number, not '" + text + "'");
  return value;
}

// How this program was started, for a shell; empty where that cannot be known.
std::string command_line() {
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  const std::string raw{std::istreambuf_iterator<char>{file}, {}};
  std::string line;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find('\0', at), raw.size());
    const std::string word = raw.substr(at, end - at);
    const bool plain =
        !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=") == std::string::npos;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
    line += ' ' + (plain ? word : quoted + '\'');
    at = end + 1;
  }
  return line;
}

std::string replay_line(std::uint64_t seed) { return "replay: ALYS_SEED=" + std::to_string(seed) + command_line(); }

// Whole, where test frameworks would break a long line.
void print_replay_line(std::uint64_t seed) { std::cerr << replay_line(seed) << std::endl; }

} // namespace

seed_failed::seed_failed(std::uint64_t seed, const std::string& why)
    : std::runtime_error(replay_line(seed) + "\nseed " + std::to_string(seed) + ": " + why), seed_(seed) {}

std::uint64_t for_each_seed(std::uint64_t count, const std::function<void(std::uint64_t seed)>& body) {
  std::uint64_t first = 1;
  if (const auto many = from_environment("ALYS_SEEDS")) count = *many;
  if (const auto one = from_environment("ALYS_SEED")) first = *one, count = 1;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    try {
      body(seed);
    } catch (const std::exception& e) {
      print_replay_line(seed);
      throw seed_failed(seed, e.what());
    } catch (...) { // a test framework's own, which says what is wrong by itself
      print_replay_line(seed);
      throw;
    }
  }
  return count;
}

} // namespace alys::testkit
