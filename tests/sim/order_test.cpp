// SPDX-License-Identifier: Apache-2.0
//
// Orders that must hold whatever the order of turns.
#include <alys/testkit/seeds.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using alys::testkit::bench;
using alys::testkit::bench_options;

namespace {

struct hit {
  using reply = void;
};
ALYS_MESSAGE(hit)

// Says when its object begins and ends.
class part final : public alys::actor<part> {
public:
  using messages = alys::accepts<hit>;
  explicit part(std::vector<std::string>& said) : said_(&said), name_(path().substr(path().rfind('/') + 1)) {
    said_->push_back('+' + name_);
  }
  ~part() override { said_->push_back('-' + name_); }
  void handle(const hit&) {}

private:
  std::vector<std::string>* said_;
  std::string name_;
};

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a group goes down last declared first also where the one that failed is among them") {
  alys::testkit::for_each_seed(100, [](std::uint64_t seed) {
    words said;
    bench t{bench_options{.how = alys::one_for_all{}, .seed = seed, .shuffle = true}};
    t.root().child<part>("a", {}, {}, std::ref(said));
    const auto b = t.root().child<part>("b", {}, {}, std::ref(said));
    t.root().child<part>("c", {}, {}, std::ref(said));
    t.start();
    said.clear();
    t.fail_next(b);
    REQUIRE(t.ask(b, hit{}).error().failed());
    REQUIRE(said == words{"-c", "-b", "-a", "+a", "+b", "+c"});
    said.clear();
    REQUIRE(t.shutdown().in_time);
    REQUIRE(said == words{"-c", "-b", "-a"});
  });
}

TEST_CASE("what a supervisor escalates goes down at once and the others in their order") {
  alys::testkit::for_each_seed(100, [](std::uint64_t seed) {
    words said;
    bench t{bench_options{.how = alys::rest_for_one{}, .seed = seed, .shuffle = true}};
    t.root().child<part>("before", {}, {}, std::ref(said));
    auto& below = t.root().supervisor("below", alys::one_for_one{.restarts = 0});
    below.child<part>("a", {}, {}, std::ref(said));
    const auto b = below.child<part>("b", {}, {}, std::ref(said));
    below.child<part>("c", {}, {}, std::ref(said));
    t.root().child<part>("after", {}, {}, std::ref(said));
    t.start();
    said.clear();
    t.fail_next(b);
    REQUIRE(t.ask(b, hit{}).error().failed());
    const auto end_of_b = std::find(said.begin(), said.end(), "-b");
    REQUIRE(end_of_b < std::find(said.begin(), said.end(), "-a"));
    said.erase(end_of_b);
    REQUIRE(said == words{"-after", "-c", "-a", "+a", "+b", "+c", "+after"});
  });
}
