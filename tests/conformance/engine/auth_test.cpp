// SPDX-License-Identifier: Apache-2.0
//
// The door of a client: the Engine API's authentication. The ledger has none.
#include "engine_under_test.hpp"

#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>
#include <alys/domain/engine/http_engine.hpp>

#include <chrono>
#include <fstream>

using namespace alys::domain;
using alys::test::engine_under_test;

namespace {

[[nodiscard]] unix_seconds now() { return to_seconds(to_unix(std::chrono::system_clock::now())); }

// The status of a call to the Engine API with this token; empty: none.
[[nodiscard]] unsigned status_of(const client_endpoints& at, const std::string& token) {
  alys::http_post_options options;
  if (!token.empty()) options.fields = {{"Authorization", "Bearer " + token}};
  return alys::http_post(alys::parse_http_url(at.engine_url).value(),
                         R"({"jsonrpc":"2.0","id":1,"method":"engine_exchangeCapabilities","params":[[]]})", options)
      .value()
      .status;
}

[[nodiscard]] engine_secret another_secret(const std::filesystem::path& folder) {
  const auto path = folder / "jwt.hex";
  std::ofstream{path} << std::string(64, '7');
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  return engine_secret::load(path).value();
}

} // namespace

TEST_CASE("a client answers to tokens of its secret and of this minute only", "[.client]") {
  const engine_under_test engine;
  const auto ends = engine.ends();
  const auto secret = engine_secret::load(ends.secret_file).value();
  const alys::test::temporary_folder folder;
  CHECK(status_of(ends, secret.token(now())) == 200);
  CHECK(status_of(ends, secret.token(now() + 30)) == 200);
  CHECK(status_of(ends, secret.token(unix_seconds{now().value() - 30})) == 200);
  CHECK(status_of(ends, secret.token(unix_seconds{now().value() - 120})) == 401);
  CHECK(status_of(ends, secret.token(now() + 120)) == 401);
  CHECK(status_of(ends, another_secret(folder.path()).token(now())) == 401);
  CHECK(status_of(ends, secret.token(now()) + "x") == 401);
  CHECK(status_of(ends, "nonsense") == 401);
  CHECK(status_of(ends, "") == 401);
}

TEST_CASE("an engine with another secret than its client is away and says why", "[.client]") {
  const engine_under_test engine;
  const alys::test::temporary_folder folder;
  const auto port = alys::parse_http_url(engine.ends().engine_url).value().port;
  const auto stranger = connect_engine({.port = port, .chain_id = alys::domain::test::test_chain_id}, another_secret(folder.path()));
  const auto answer = alys::test::answer_of<genesis_payload>([&](auto done) { stranger->genesis(std::move(done)); });
  CHECK(answer == alys::fault::authentication_failed);
  CHECK(client_is_away(answer.error()));
}
