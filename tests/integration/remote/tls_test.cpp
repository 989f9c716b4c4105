// SPDX-License-Identifier: Apache-2.0
//
// Who may talk to whom: certificates that are good, and each way in which one is not. Whoever is turned away is told why, and so is the log.
#include "two_nodes.hpp"

#include <support/actors/tcp_client.hpp>

using namespace alys;
using namespace alys::test;
using namespace std::chrono_literals;

namespace {

struct world {
  [[nodiscard]] tls_options tls(const authority& trusted, const certified& own) const {
    return {own.certificate, own.key, trusted.file("pem")};
  }
  [[nodiscard]] std::vector<std::string> for_peer(const authority& trusted, const certified& own) const {
    return {own.certificate, own.key, trusted.file("pem")};
  }

  const temporary_folder folder;
  const authority ours{folder.path(), "ours"};
  const authority theirs{folder.path(), "theirs"};
  const certified alpha = ours.certify("alpha");
  const certified beta = ours.certify("beta");
};

[[nodiscard]] node start_here(tls_options tls, const std::shared_ptr<journal>& log = {}, std::vector<std::string> allowed = {}) {
  auto options = here_options();
  options.plain = false;
  options.tls = std::move(tls);
  options.allowed = std::move(allowed);
  if (log) options.log = [log](log_level, std::string_view line) { log->write(std::string{line}); };
  return node::start(std::move(options));
}

// Why a link does not come up.
[[nodiscard]] error refusal_of(node& here, std::uint16_t port) {
  const auto there = here.connect(to_peer(port));
  CHECK(eventually([&] { return there.why_down().text().find("not connected yet") == std::string::npos; }));
  CHECK_FALSE(there.up());
  return there.why_down();
}

[[nodiscard]] bool says(const error& e, const std::string& words) { return e.text().find(words) != std::string::npos; }

// What the log of a node says of those whom it turns away.
[[nodiscard]] bool logs(const journal& log, const std::string& words) {
  return eventually([&] {
    for (const std::string& line : log.lines()) {
      if (line.find(words) != std::string::npos) return true;
    }
    return false;
  });
}

// A node of this process that listens as alpha and writes down what it logs.
node_options alpha_that_tells(const world& w, const std::shared_ptr<journal>& log) {
  auto options = here_options();
  options.name = "alpha";
  options.plain = false;
  options.listen = "127.0.0.1";
  options.tls = w.tls(w.ours, w.alpha);
  options.log = [log](log_level, std::string_view line) { log->write(std::string{line}); };
  return options;
}

} // namespace

TEST_CASE("two nodes that prove their names talk over TLS and heal after a kill") {
  const world w;
  auto first = std::make_unique<peer>(w.for_peer(w.ours, w.alpha));
  const auto port = first->port();
  auto here = start_here(w.tls(w.ours, w.beta));
  const auto there = here.connect(to_peer(port));
  REQUIRE(there.wait_until_up(patience));
  auto system = alys::system::start(supervisor_spec{"root"});
  const auto book = there.handle<ledger>("book");
  CHECK(system.ask(book, deposit{5}, patience) == 5);
  const auto much = system.ask(book, repeat{std::string(1'000, 'x'), 1'000}, patience); // many records
  REQUIRE(much);
  CHECK(*much == std::string(1'000'000, 'x'));
  first->process().kill();
  REQUIRE(eventually([&] { return !there.up(); }));
  const peer second(w.for_peer(w.ours, w.alpha), port);
  REQUIRE(there.wait_until_up(patience));
  CHECK(system.ask(book, deposit{5}, patience) == 5);
}

TEST_CASE("a child over TLS fails with its process and comes back with it") {
  const world w;
  auto first = std::make_unique<peer>(w.for_peer(w.ours, w.alpha));
  const auto port = first->port();
  auto here = start_here(w.tls(w.ours, w.beta));
  const auto there = here.connect(to_peer(port));
  supervisor_spec root{"root", one_for_one{.restarts = 1'000, .within = 60s}};
  const auto child = supervise<ledger>(root, "far", there, "ledger", {}, {.restart = backoff{.initial = 5ms, .cap = 50ms}});
  const auto seen = std::make_shared<watch>();
  auto system = alys::system::start(std::move(root), {.log = log_to_nowhere(), .observers = {seen}});
  CHECK(system.ask(child, deposit{5}, patience) == 5);
  first->process().kill();
  REQUIRE(seen->decisions.wait_for("/root/far (1): restart"));
  const peer second(w.for_peer(w.ours, w.alpha), port);
  CHECK(eventually([&] { return system.ask(child, deposit{5}, patience) == 5; }));
}

TEST_CASE("a certificate of another authority is refused by whoever connects") {
  const world w;
  const peer other(w.for_peer(w.ours, w.theirs.certify("alpha")));
  auto here = start_here(w.tls(w.ours, w.beta));
  const error why = refusal_of(here, other.port());
  CHECK(says(why, "the other side's certificate is not good: unable to get local issuer certificate"));
  CHECK(says(why, "fault::authentication_failed"));
}

TEST_CASE("a certificate of another authority is refused by whoever is connected to") {
  const world w;
  const auto log = std::make_shared<journal>();
  auto options = alpha_that_tells(w, log);
  const node listening = node::start(std::move(options));
  auto here = start_here(w.tls(w.ours, w.theirs.certify("beta")));
  const error why = refusal_of(here, listening.port());
  CHECK(says(why, "the other side does not accept our certificate"));
  CHECK(logs(*log, "a connection was turned away: 127.0.0.1: "));
  CHECK(logs(*log, "the other side's certificate is not good: unable to get local issuer certificate"));
}

TEST_CASE("a certificate for another name is refused") {
  const world w;
  const peer other(w.for_peer(w.ours, w.ours.certify("gamma")));
  auto here = start_here(w.tls(w.ours, w.beta));
  const error why = refusal_of(here, other.port());
  CHECK(says(why, "the other side's certificate is for \"gamma\", not for \"alpha\""));
  CHECK(says(why, "fault::authentication_failed"));
}

TEST_CASE("a certificate that has expired or is not valid yet is refused") {
  const world w;
  auto here = start_here(w.tls(w.ours, w.beta));
  const peer late(w.for_peer(w.ours, w.ours.certify("alpha", -7'200, -3'600)));
  CHECK(says(refusal_of(here, late.port()), "certificate has expired"));
  const peer early(w.for_peer(w.ours, w.ours.certify("alpha", 3'600, 7'200)));
  CHECK(says(refusal_of(here, early.port()), "certificate is not yet valid"));
}

TEST_CASE("only the names that are allowed may connect") {
  const world w;
  const auto log = std::make_shared<journal>();
  auto options = alpha_that_tells(w, log);
  options.allowed = {"gamma", "delta"};
  const node listening = node::start(std::move(options));
  auto beta = start_here(w.tls(w.ours, w.beta));
  CHECK(says(refusal_of(beta, listening.port()), "the other side does not accept our certificate"));
  CHECK(logs(*log, "the other side's certificate is for \"beta\", not for \"gamma\" or \"delta\""));
  auto delta = start_here(w.tls(w.ours, w.ours.certify("delta")));
  const auto there = delta.connect(to_peer(listening.port()));
  CHECK(there.wait_until_up(patience));
}

TEST_CASE("nobody without TLS or without a certificate gets in") {
  const world w;
  const auto log = std::make_shared<journal>();
  auto options = here_options();
  options.name = "alpha";
  options.plain = false;
  options.listen = "127.0.0.1";
  options.connect_within = 1s;
  options.tls = w.tls(w.ours, w.alpha);
  options.log = [log](log_level, std::string_view line) { log->write(std::string{line}); };
  const node listening = node::start(std::move(options));
  SECTION("plain") {
    auto here = node::start(here_options());
    CHECK_FALSE(says(refusal_of(here, listening.port()), "not connected yet"));
    CHECK(logs(*log, "a connection was turned away"));
  }
  SECTION("garbage") {
    const tcp_client client(listening.port());
    client.send(std::string(10'000, 'x'));
    CHECK(client.closed_by_other());
    CHECK(logs(*log, "the TLS handshake failed"));
  }
  SECTION("silence") {
    const tcp_client client(listening.port());
    CHECK(client.closed_by_other());
    CHECK(logs(*log, "the TLS handshake did not end in time"));
  }
  SECTION("no certificate") {
    const tcp_client client(listening.port());
    CHECK(client.shake_hands_without_certificate());
    CHECK(logs(*log, "peer did not return a certificate"));
  }
  auto beta = start_here(w.tls(w.ours, w.beta));
  const auto there = beta.connect(to_peer(listening.port()));
  CHECK(there.wait_until_up(patience)); // it goes on for others
}

TEST_CASE("TLS towards a node without it fails in time") {
  const world w;
  const peer other;
  auto options = here_options();
  options.plain = false;
  options.connect_within = 500ms;
  options.tls = w.tls(w.ours, w.beta);
  auto here = node::start(std::move(options));
  CHECK_FALSE(refusal_of(here, other.port()).text().empty());
}

TEST_CASE("files that cannot be right are start errors that name them") {
  const world w;
  const auto problem = [&](tls_options tls) {
    try {
      (void)start_here(std::move(tls));
      return std::string{"it started"};
    } catch (const start_error& e) {
      return std::string{e.what()};
    }
  };
  const auto missing = (w.folder.path() / "none.pem").string();
  CHECK(problem({missing, w.beta.key, w.ours.file("pem")}) == "tls: certificate \"" + missing + "\": No such file or directory");
  CHECK(problem({w.beta.certificate, w.alpha.key, w.ours.file("pem")}).find("key values mismatch") != std::string::npos);
  CHECK(problem({w.beta.certificate, w.beta.key, w.beta.key}).find("authority \"" + w.beta.key + "\": ") != std::string::npos);
  CHECK(problem({w.beta.key, w.beta.key, w.ours.file("pem")}).find("certificate \"" + w.beta.key + "\": ") != std::string::npos);
  CHECK(problem({w.folder.path().string(), w.beta.key, w.ours.file("pem")}).find("is no file") != std::string::npos);
  CHECK(problem({"", "", ""}) == "tls: certificate: no file is named");
  std::filesystem::permissions(w.beta.key, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  CHECK(problem({w.beta.certificate, w.beta.key, w.ours.file("pem")}) ==
        "tls: key \"" + w.beta.key + "\": others may read it: its mode must be 600 or 400");
}
