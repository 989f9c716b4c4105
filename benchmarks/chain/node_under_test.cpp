// SPDX-License-Identifier: Apache-2.0
#include "node_under_test.hpp"

#include "measure.hpp"
#include "prober.hpp"

#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/engine/embedded_ledger.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace bench {

using namespace alys::domain;

namespace {

[[nodiscard]] unix_milliseconds wall_clock() { return to_unix(std::chrono::system_clock::now()); }

// What a benchmark shows of itself: nothing.
class no_control final : public node_control {
public:
  [[nodiscard]] bool alive() const override { return true; }
  [[nodiscard]] node_readiness readiness() const override { return {true, {}}; }
  [[nodiscard]] std::string tree() const override { return "null"; }
  [[nodiscard]] std::string metrics() const override { return {}; }
  [[nodiscard]] alys::result<void> reload_config() override { return alys::refuse(alys::errc::not_running); }
  [[nodiscard]] std::string ask_edges() const override { return "[]"; }
  [[nodiscard]] std::string reloads() const override { return "null"; }
  [[nodiscard]] alys::result<void> inject_fault(const std::string&, injected_failure) override {
    return alys::refuse(alys::errc::not_running);
  }
  [[nodiscard]] alys::result<void> inject_chaos(std::uint64_t, const std::optional<std::vector<json_value>>&) override {
    return alys::refuse(alys::errc::not_running);
  }
  void stop_chaos() override {}
  [[nodiscard]] std::string chaos() const override { return "null"; }
};

[[nodiscard]] chain_spec spec_of(std::chrono::milliseconds slot, std::span<const address> rich) {
  chain_spec spec = dev_spec(slot);
  for (const address& who : rich) spec.accounts.push_back({who, wei{1'000} * wei_per_gwei * wei_per_gwei});
  std::ranges::sort(spec.accounts, {}, &genesis_account::address);
  return spec;
}

} // namespace

node_under_test::node_under_test(std::chrono::milliseconds slot, std::span<const address> rich)
    : folder_(std::filesystem::temp_directory_path() / ("alys-bench-" + std::to_string(::getpid()))),
      spec_(std::make_shared<const chain_spec>(spec_of(slot, rich))) {
  std::filesystem::remove_all(folder_);
  auto opened = leveldb_store::open(folder_);
  const std::shared_ptr<leveldb_store> store = std::move(opened).value();
  http_server_config http;
  http.port = 0;
  http.max_body_bytes = std::size_t{16} << 20U;
  http_ = std::make_shared<http_listener>(http);

  alysd::node_ports ports;
  ports.store = store;
  ports.engine =
      std::make_shared<embedded_ledger>(ledger_options{.chain_id = spec_->chain_id, .genesis = execution_genesis_of(*spec_)}, *store);
  ports.aura_settings = {.slot_duration = slot, .authorities = 1, .index = 0};
  ports.aura = {std::make_shared<const secret_key>(dev_authority_key(authority_index{0})), wall_clock,
                [] { return std::optional<vote_lock>{}; }};
  ports.chain = {spec_, store, log_, wall_clock, authority_index{0}};
  ports.chain_settings = {.fee_recipient = dev_account};
  ports.api = {http_, std::make_shared<no_control>(), {}};
  alys::supervisor_spec tree = alysd::declare_tree(std::move(ports));
  system_.emplace(alys::system::start(std::move(tree), {.log = alys::log_to_nowhere()}));
}

void node_under_test::start_probers(const std::vector<wallet>& askers, std::shared_ptr<const std::vector<hash256>> included) {
  const auto chain = system_->find<chain_actor>("/root/chain/chain").value();
  const auto database = system_->find<chain_database_actor>("/root/storage/chain_database").value();
  alys::supervisor_spec asking{"probers"};
  for (const wallet& w : askers) {
    probe_subject subject{w.address, {}, included, &answers_, &refusals_};
    for (const signed_transfer& t : w.transfers) subject.unsent.push_back(t.raw);
    asking.child<prober>("prober-" + to_hex(w.address), {}, {}, chain, database, std::move(subject));
  }
  probers_.emplace(alys::system::start(std::move(asking), {.log = alys::log_to_nowhere()}));
}

node_under_test::~node_under_test() {
  probers_.reset();
  system_.reset();
  std::error_code ignored; // a folder in /tmp that stays is the machine's to clean
  std::filesystem::remove_all(folder_, ignored);
}

double node_under_test::answers_per_second(bool storage, std::uint32_t window, std::chrono::milliseconds during) {
  const auto each_prober = [&](auto message) {
    for (const alys::tree_node& p : probers_->tree().children) send(probers_->find<prober>(p.path).value(), message);
  };
  each_prober(begin_probe{storage, window});
  const std::uint64_t before = answers_.load();
  const nanoseconds begun = clock_now();
  std::this_thread::sleep_for(during); // the measurement's length, not a wait for something
  const double rate = static_cast<double>(answers_.load() - before) / in_seconds(clock_now() - begun);
  each_prober(end_probe{});
  if (refusals_.load() > 0) throw std::runtime_error("the node refused a question, or there were too few signed transfers");
  return rate;
}

std::uint16_t node_under_test::port() const {
  const std::string url = http_->url().value();
  return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

} // namespace bench
