// SPDX-License-Identifier: Apache-2.0
//
// Options of a child that cannot go together are refused before the start, each in one line that says what to do.
#include "support/actors/flaky.hpp"

#include <catch2/catch.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

constexpr child_kind all_kinds[] = {child_kind::permanent, child_kind::transient, child_kind::temporary};

// What start says against one child "c" with these options.
std::string complaint(const child_options& options) {
  supervisor_spec root{"root"};
  root.child<flaky>("c", {}, options);
  return to_string(root.check());
}
std::string complaint_of_template(const child_options& options) {
  supervisor_spec root{"root"};
  (void)root.children<flaky>("c-{}", options);
  return to_string(root.check());
}

} // namespace

TEST_CASE("what a temporary child cannot have is refused by name and every other kind may have it") {
  struct given {
    const char* name;
    child_options options;
  };
  const given each[] = {{"restart", {.restart = backoff{}}}, {"limit", {.limit = restart_limit{}}}, {"breaker", {.breaker = breaker{}}}};
  for (given g : each) {
    for (const child_kind kind : all_kinds) {
      g.options.kind = kind;
      INFO(g.name << " of a " << to_string(kind) << " child");
      const std::string why = std::string{g.name} + ": a temporary child is never restarted: leave it out";
      CHECK(complaint(g.options) == (kind == child_kind::temporary ? "/root/c: " + why : ""));
      CHECK(complaint_of_template(g.options) == (kind == child_kind::temporary ? "/root/c-{}: " + why : ""));
    }
  }
}

TEST_CASE("a child that never restarts has nothing to count and nothing to hold back") {
  for (const child_kind kind : {child_kind::permanent, child_kind::transient}) {
    CHECK(complaint({.restart = never{}, .kind = kind}).empty());
    CHECK(complaint({.restart = never{}, .limit = restart_limit{}, .kind = kind}) ==
          "/root/c: limit: there is no restart to count with restart never: leave one of the two out");
    CHECK(complaint({.restart = never{}, .breaker = breaker{}, .kind = kind}) ==
          "/root/c: breaker: there is no restart to hold back with restart never: leave one of the two out");
  }
  CHECK(complaint({.restart = never{}, .kind = child_kind::temporary}).empty());
}

TEST_CASE("a permanent child cannot be significant and others can") {
  for (const child_kind kind : all_kinds) {
    const std::string why = "significant: a permanent child does not end by itself: make it transient or temporary";
    CHECK(complaint({.kind = kind, .significant = true}) == (kind == child_kind::permanent ? "/root/c: " + why : ""));
    CHECK(complaint_of_template({.kind = kind, .significant = true}) == (kind == child_kind::permanent ? "/root/c-{}: " + why : ""));
  }
}

TEST_CASE("a supervisor that its significant children end cannot be permanent unless it is the root") {
  const bool dynamic = GENERATE(false, true);
  for (const child_kind kind : all_kinds) {
    supervisor_spec root{"root"};
    auto& team = root.supervisor("team", one_for_one{}, {.kind = kind});
    if (dynamic) (void)team.children<flaky>("c-{}", {.kind = child_kind::temporary, .significant = true});
    else team.child<flaky>("c", {}, {.kind = child_kind::transient, .significant = true});
    CHECK(to_string(root.check()) == (kind == child_kind::permanent
                                          ? "/root/team: has significant children, with which it ends for good, so it "
                                            "cannot be permanent: make it transient or temporary"
                                          : ""));
  }
  CHECK(complaint({.kind = child_kind::transient, .significant = true}).empty());
}

TEST_CASE("options of a nested supervisor are checked like those of any child") {
  supervisor_spec root{"root"};
  root.supervisor("a", one_for_one{}, {.restart = backoff{}, .kind = child_kind::temporary});
  root.supervisor("b", one_for_one{}, {.significant = true});
  root.supervisor("c", one_for_one{}, {.auto_shutdown = static_cast<auto_shutdown>(7)});
  CHECK(to_string(root.check()) ==
        "/root/a: restart: a temporary child is never restarted: leave it out\n"
        "/root/b: significant: a permanent child does not end by itself: make it transient or temporary\n"
        "/root/c: auto_shutdown: must be any_significant or all_significant");
}

TEST_CASE("all that is wrong with a child is said at once") {
  CHECK(complaint({.restart = backoff{.initial = 0ms},
                   .limit = restart_limit{.restarts = 20'000},
                   .breaker = breaker{.probes = 0},
                   .mailbox = {.capacity = 0},
                   .kind = child_kind::temporary,
                   .initialize_within = 0ms}) ==
        "/root/c: restart.initial: must be more than 0s (use immediate{} for no delay)\n"
        "/root/c: limit.restarts: must be at most 10000\n"
        "/root/c: breaker.probes: must be at least 1\n"
        "/root/c: mailbox.capacity: must be from 1 to 100000000\n"
        "/root/c: initialize_within: must be more than 0 and at most a year\n"
        "/root/c: restart: a temporary child is never restarted: leave it out\n"
        "/root/c: limit: a temporary child is never restarted: leave it out\n"
        "/root/c: breaker: a temporary child is never restarted: leave it out");
}

TEST_CASE("each option is in the words of the policy") {
  CHECK(to_string(child_options{.kind = child_kind::transient, .significant = true, .critical = false}) ==
        "transient, restart immediate, mailbox 10000/1000 reject, significant, not critical");
}
