// SPDX-License-Identifier: Apache-2.0
//
// Seeded runs: which seeds, and what is said of one that fails.
#include <alys/testkit/seeds.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <sstream>

using namespace alys::testkit;

namespace {

// Sets a variable for as long as this lives, and puts it back as it was.
class environment {
public:
  environment(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~environment() { set(before_ ? before_->c_str() : nullptr); }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

private:
  void set(const char* value) const {
    if (value != nullptr) setenv(name_, value, 1);
    else unsetenv(name_);
  }
  const char* name_;
  std::optional<std::string> before_;
};

// What is printed to standard error for as long as this lives.
class standard_error {
public:
  standard_error() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~standard_error() { std::cerr.rdbuf(before_); }
  standard_error(const standard_error&) = delete;
  standard_error& operator=(const standard_error&) = delete;
  [[nodiscard]] std::string text() const { return text_.str(); }

private:
  std::ostringstream text_;
  std::streambuf* before_;
};

std::vector<std::uint64_t> seeds_of(std::uint64_t count) {
  std::vector<std::uint64_t> ran;
  const std::uint64_t how_many = for_each_seed(count, [&](std::uint64_t seed) { ran.push_back(seed); });
  CHECK(how_many == ran.size());
  return ran;
}

} // namespace

TEST_CASE("seeds count from one unless the environment says otherwise") {
  const environment none{"ALYS_SEED", nullptr};
  const environment nor{"ALYS_SEEDS", nullptr};
  CHECK(seeds_of(3) == std::vector<std::uint64_t>{1, 2, 3});
  {
    const environment more{"ALYS_SEEDS", "5"};
    CHECK(seeds_of(3).size() == 5);
    const environment one{"ALYS_SEED", "4711"};
    CHECK(seeds_of(3) == std::vector<std::uint64_t>{4711});
  }
  const environment wrong{"ALYS_SEED", "12x"};
  CHECK_THROWS_AS(seeds_of(1), std::invalid_argument);
}

TEST_CASE("a seed that fails is named in a line that runs it again") {
  const environment none{"ALYS_SEED", nullptr};
  const environment nor{"ALYS_SEEDS", nullptr};
  std::uint64_t ran = 0;
  const standard_error said;
  try {
    for_each_seed(10, [&](std::uint64_t seed) {
      ++ran;
      if (seed == 7) throw std::runtime_error("it broke");
    });
    FAIL("nothing was thrown");
  } catch (const seed_failed& e) {
    const std::string what = e.what();
    CHECK(e.seed() == 7);
    CHECK(what.rfind("replay: ALYS_SEED=7 ", 0) == 0);
    CHECK(what.find("test_testkit") < what.find('\n')); // this program
    CHECK(said.text() == what.substr(0, what.find('\n') + 1));
    CHECK(what.find("seed 7: it broke") != std::string::npos);
  }
  CHECK(ran == 7);
}

TEST_CASE("a seed that fails with what only a test framework knows is named too") {
  const environment none{"ALYS_SEED", nullptr};
  const environment nor{"ALYS_SEEDS", nullptr};
  const standard_error said;
  CHECK_THROWS_AS(for_each_seed(10,
                                [](std::uint64_t seed) {
                                  if (seed == 7) throw 7;
                                }),
                  int);
  CHECK(said.text().rfind("replay: ALYS_SEED=7 ", 0) == 0);
}
