// SPDX-License-Identifier: Apache-2.0
//
// Metrics of a tree: which there are, held to a file (metrics.golden: name, type, unit, labels, help), and that their number is bounded
// however many children come and go.
#include <alys/actors/prometheus.hpp>
#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

using namespace alys;
using namespace std::chrono_literals;

namespace {

struct work {
  using reply = int;
};
ALYS_MESSAGE(work)

class worker final : public actor<worker> {
public:
  using messages = accepts<work>;
  int handle(const work&) { return 1; }
};

struct fleet {
  supervisor_spec spec{"root", one_for_one{.restarts = 10'000}};
  ref<worker> fixed = spec.child<worker>("fixed", {}, {.breaker = breaker{}});
  factory<worker> born = spec.supervisor("pool", one_for_one{.restarts = 10'000}).children<worker>("w-{}", {}, 100);
};

struct metric {
  std::string type, help;
  std::set<std::string> labels;
};

[[nodiscard]] std::map<std::string, metric> families_of(const std::string& text) {
  std::map<std::string, metric> found;
  std::istringstream lines{text};
  const std::regex sample{R"(^([a-z_]+)(?:\{(.*)\})? .*)"};
  const std::regex label{R"re(([a-z_]+)="[^"]*")re"};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string hash, what, name, rest;
    if (line.starts_with("# ")) {
      words >> hash >> what >> name >> std::ws;
      std::getline(words, rest);
      (what == "HELP" ? found[name].help : found[name].type) = rest;
      continue;
    }
    std::smatch parts;
    REQUIRE(std::regex_match(line, parts, sample));
    const std::string labels = parts[2];
    auto& seen = found[parts[1]].labels;
    for (std::sregex_iterator i{labels.begin(), labels.end(), label}, end; i != end; ++i) seen.insert((*i)[1]);
  }
  return found;
}

[[nodiscard]] std::string unit_of(const std::string& name) {
  if (name.ends_with("_seconds")) return "seconds";
  return name.ends_with("_total") ? "count" : "1";
}

[[nodiscard]] double value_of(const std::string& text, const std::string& series) {
  const auto at = text.find("\n" + series + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + series.size() + 2));
}

} // namespace

TEST_CASE("metrics have the names and types and units and labels and helps of the golden file") {
  fleet f;
  testkit::bench t{f.spec};
  t.start();
  REQUIRE(f.born.start("1", {}));
  t.run_until_idle();
  std::string listed;
  for (const auto& [name, m] : families_of(prometheus_text(t.system()))) {
    std::string labels;
    for (const std::string& l : m.labels) labels += (labels.empty() ? "" : ",") + l;
    listed += name + " | " + m.type + " | " + unit_of(name) + " | " + labels + " | " + m.help + "\n";
  }
  std::ifstream golden{ALYS_METRICS_GOLDEN};
  const std::string wanted{std::istreambuf_iterator<char>{golden}, {}};
  INFO("if the change is meant, this is the file's new content:\n" << listed);
  CHECK(listed == wanted);
}

TEST_CASE("children that come and go share one series a template and what they counted stays") {
  fleet f;
  testkit::bench t{f.spec};
  t.start();
  t.run_until_idle();
  const auto lines = [&] {
    const std::string text = prometheus_text(t.system());
    return std::count(text.begin(), text.end(), '\n');
  };
  std::ptrdiff_t with_one = 0;
  double handled = 0;
  for (int i = 0; i < 500; ++i) {
    const auto child = f.born.start(std::to_string(i), {}).value();
    CHECK(t.ask(child, work{}) == 1);
    if (i % 10 != 0) {
      REQUIRE(f.born.stop(child));
      t.run_until_idle();
    }
    const double now = value_of(prometheus_text(t.system()), "alys_actor_handled_total{path=\"/root/pool/w-{}\"}");
    CHECK(now == handled + 1);
    handled = now;
    if (i == 0) with_one = lines();
  }
  CHECK(lines() == with_one);
  const std::string text = prometheus_text(t.system());
  CHECK(value_of(text, "alys_children{path=\"/root/pool/w-{}\"}") == 50);
  CHECK(value_of(text, "alys_actor_up{path=\"/root/pool/w-{}\"}") == 50);
  CHECK(value_of(text, "alys_actor_healthy{path=\"/root/pool/w-{}\"}") == 1);
  const tree_node tree = t.tree();
  const tree_node* pool = find(tree, "/root/pool");
  REQUIRE(pool != nullptr);
  REQUIRE(pool->departed.size() == 1);
  CHECK(pool->departed[0].ended == 450);
  CHECK(pool->departed[0].messages.handled == 450);
}
