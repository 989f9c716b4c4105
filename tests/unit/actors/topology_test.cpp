// SPDX-License-Identifier: Apache-2.0
//
// Graphs of names, and what is said against a tree before it starts.
#include <alys/actors/start_check.hpp>

#include <catch2/catch.hpp>

using path = std::vector<std::string>;

TEST_CASE("a graph without rings has none and an order in which what is needed comes first") {
  alys::name_graph needs;
  needs.add_edge("api", "chain");
  needs.add_edge("chain", "engine");
  needs.add_edge("chain", "storage");
  needs.add_edge("api", "storage");
  CHECK(needs.rings().empty());
  CHECK(needs.order() == path{"engine", "storage", "chain", "api"});
}

TEST_CASE("names that need nothing keep the order of their addition") {
  alys::name_graph needs;
  for (const auto* name : {"c", "a", "b"}) needs.add(name);
  needs.add("a");
  needs.add_edge("c", "b");
  CHECK(needs.order() == path{"a", "b", "c"});
  CHECK(needs.names() == path{"c", "a", "b"});
}

TEST_CASE("a ring is written as a path from its first name back to it") {
  alys::name_graph needs;
  needs.add_edge("x", "a");
  needs.add_edge("a", "b");
  needs.add_edge("b", "c");
  needs.add_edge("c", "a");
  REQUIRE(needs.rings().size() == 1);
  CHECK(alys::arrows(needs.rings().front()) == "a -> b -> c -> a");
  CHECK(needs.order().empty());
}

TEST_CASE("a name that needs itself is a ring") {
  alys::name_graph needs;
  needs.add_edge("a", "a");
  CHECK(alys::arrows(needs.rings().at(0)) == "a -> a");
}

TEST_CASE("rings that share no name are all found") {
  alys::name_graph needs;
  needs.add_edge("a", "b");
  needs.add_edge("b", "a");
  needs.add_edge("b", "c");
  needs.add_edge("c", "d");
  needs.add_edge("d", "c");
  REQUIRE(needs.rings().size() == 2);
  CHECK(alys::arrows(needs.rings()[0]) == "a -> b -> a");
  CHECK(alys::arrows(needs.rings()[1]) == "c -> d -> c");
}

TEST_CASE("an edge said twice is one edge") {
  alys::name_graph needs;
  needs.add_edge("a", "b");
  needs.add_edge("a", "b");
  CHECK(needs.order() == path{"b", "a"});
}

TEST_CASE("a name of a child is a plain word") {
  for (const auto* good : {"ledger", "peer-7", "a.b_c", "X"}) CHECK(alys::valid_child_name(good));
  for (const auto* bad : {"", ".", "..", "a/b", "a b", "a\nb", "ä"}) CHECK_FALSE(alys::valid_child_name(bad));
  CHECK(alys::valid_child_name(std::string(128, 'a')));
  CHECK_FALSE(alys::valid_child_name(std::string(129, 'a')));
}

TEST_CASE("children in order have no problems") {
  const alys::child_declaration children[] = {{.name = "storage", .depends_on = {}}, {.name = "chain", .depends_on = {"storage"}}};
  alys::problem_list problems;
  alys::check_children("/root", children, problems);
  CHECK(problems.empty());
}

TEST_CASE("every problem of a supervisor's children is said at once") {
  const alys::child_declaration children[] = {
      {.name = "a", .depends_on = {"b"}}, {.name = "b", .depends_on = {"a"}},      {.name = "b", .depends_on = {}},
      {.name = "c/d", .depends_on = {}},  {.name = "e", .depends_on = {"nobody"}}, {.name = "f", .depends_on = {"f"}},
  };
  alys::problem_list problems;
  alys::check_children("/root", children, problems);
  CHECK(alys::to_string(problems) ==
        "/root: two children are named \"b\"\n"
        "/root: \"c/d\" cannot name a child: use 1 to 128 of a-z A-Z 0-9 . _ -\n"
        "/root/e: depends on \"nobody\", which is no child of /root\n"
        "/root: children depend on each other in a ring: a -> b -> a\n"
        "/root: children depend on each other in a ring: f -> f");
}

TEST_CASE("asks in a ring are a problem and asks downwards are not") {
  alys::name_graph asks;
  asks.add_edge("/api", "/chain");
  asks.add_edge("/chain", "/storage");
  alys::problem_list problems;
  alys::check_asks(asks, problems);
  CHECK(problems.empty());
  asks.add_edge("/storage", "/api");
  alys::check_asks(asks, problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front().text, Catch::EndsWith("/api -> /chain -> /storage -> /api"));
}

TEST_CASE("problems of a part are told under the name of the whole") {
  alys::problem_list problems{{"a", "first"}};
  alys::add_problems(problems, "restart.", {{"cap", "second"}});
  CHECK(alys::to_string(problems) == "a: first\nrestart.cap: second");
}
