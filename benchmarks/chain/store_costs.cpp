// SPDX-License-Identifier: Apache-2.0
#include "store_costs.hpp"

#include "measure.hpp"
#include "storage/import_writer.hpp"

#include <alys/domain/chain/identity.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/records.hpp>

#include <leveldb/filter_policy.h>

#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace bench {

using namespace alys::domain;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t group_count = 50;
constexpr std::size_t blocks_a_group = 16;
constexpr std::size_t single_blocks = 500;
constexpr std::size_t reads = 5'000;
constexpr std::size_t transactions_a_block = 64;
constexpr std::size_t transaction_bytes = 120;

template <class T>
[[nodiscard]] T needed(alys::result<T> outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

class temporary_folder {
public:
  temporary_folder() {
    std::string name = (fs::temp_directory_path() / "bench_store_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the store at " + name);
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored; // a destructor has nobody to tell
    fs::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

private:
  fs::path path_;
};

// Blocks one on top of the other, with transactions that nothing compresses.
class chain_of_blocks {
public:
  [[nodiscard]] import_batch next() {
    block one;
    one.header.height = block_height{height_};
    one.header.slot = slot{height_};
    one.header.parent = last_;
    one.payload.block_number = one.header.height;
    std::vector<receipt> receipts;
    for (std::size_t i = 0; i < transactions_a_block; ++i) {
      one.payload.transactions.push_back(random_bytes());
      receipt& r = receipts.emplace_back();
      r.succeeded = true;
      r.transaction_hash = keccak256(one.payload.transactions.back());
      r.to = address{};
      r.gas_used = gas{21'000};
      r.cumulative_gas_used = gas{21'000 * (i + 1)};
    }
    one.payload.block_hash = keccak256(random_bytes());
    one.header.payload = one.payload.block_hash;
    const block_ref ref = ref_to(one.header);
    last_ = ref.id;
    ++height_;
    bytes node = random_bytes();
    return {.contents = std::move(one),
            .ref = ref,
            .receipts = std::move(receipts),
            .state_changes = {{keccak256(node), node}},
            .applied = {ref},
            .head = ref};
  }
  [[nodiscard]] std::vector<import_batch> next(std::size_t count) {
    std::vector<import_batch> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(next());
    return all;
  }

private:
  [[nodiscard]] bytes random_bytes() {
    bytes all(transaction_bytes);
    for (auto& each : all) each = static_cast<std::uint8_t>(random_());
    return all;
  }

  std::mt19937_64 random_{1};
  std::uint64_t height_ = 0;
  block_id last_;
};

// LevelDB as a program would have it that trusts its disk, with the store's buffer and filter.
class raw_database {
public:
  raw_database() : filter_(leveldb::NewBloomFilterPolicy(10)) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = std::size_t{16} << 20U;
    options.filter_policy = filter_.get();
    leveldb::DB* opened = nullptr;
    const auto status = leveldb::DB::Open(options, folder_.path().string(), &opened);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    database_.reset(opened);
  }

  // Only the write is timed: the writes themselves are what the store has worked out.
  [[nodiscard]] nanoseconds commit(const std::vector<import_batch>& imports) {
    const record_reader reader{*database_};
    import_writer writer{reader, {.progress = needed(reader.read(key_of(store_table::progress), decode_progress)), .pruned = pruned_}};
    for (const import_batch& each : imports) needed(writer.add(each));
    writer.put(key_of(store_table::commit), encode_number(++commits_));
    leveldb::WriteBatch* batch = needed(writer.finish());
    pruned_ = writer.pruned();
    leveldb::WriteOptions durable;
    durable.sync = true;
    const nanoseconds begun = clock_now();
    const auto status = database_->Write(durable, batch);
    const nanoseconds took = clock_now() - begun;
    if (!status.ok()) throw std::runtime_error(status.ToString());
    return took;
  }

private:
  temporary_folder folder_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> database_;
  std::uint64_t commits_ = 0;
  pruning_progress pruned_;
};

[[nodiscard]] nanoseconds commit(leveldb_store& store, const std::vector<import_batch>& imports) {
  const nanoseconds begun = clock_now();
  needed(store.commit(imports));
  return clock_now() - begun;
}

[[nodiscard]] double in_milliseconds(nanoseconds t) { return in_microseconds(t) / 1e3; }

void measure_groups(figures& into, leveldb_store& store, chain_of_blocks& chain, bool raw_first) {
  raw_database raw;
  nanoseconds ours{};
  nanoseconds theirs{};
  for (std::size_t i = 0; i < group_count; ++i) {
    const auto group = chain.next(blocks_a_group);
    const bool raw_now = (i % 2 == 0) == raw_first;
    if (raw_now) theirs += raw.commit(group);
    ours += commit(store, group);
    if (!raw_now) theirs += raw.commit(group);
  }
  constexpr auto blocks = static_cast<double>(group_count * blocks_a_group);
  into["storage_group_commit_raw_blocks_per_s"].push_back(blocks / in_seconds(theirs));
  into["storage_group_commit_blocks_per_s"].push_back(blocks / in_seconds(ours));
  into["storage_group_commit_ratio"].push_back(in_seconds(theirs) / in_seconds(ours));
}

} // namespace

void measure_store(figures& into, store_latencies& latencies, bool raw_first) {
  const temporary_folder folder;
  chain_of_blocks chain;
  {
    const auto store = needed(leveldb_store::open(folder.path()));
    measure_groups(into, *store, chain, raw_first);
    for (std::size_t i = 0; i < single_blocks; ++i) latencies.put_ms.push_back(in_milliseconds(commit(*store, chain.next(1))));
  }
  const auto store = needed(leveldb_store::open(folder.path())); // so that all is read from tables
  std::mt19937_64 random{2};
  std::uniform_int_distribution<std::uint64_t> any_height(0, group_count * blocks_a_group + single_blocks - 1);
  for (std::size_t i = 0; i < reads; ++i) {
    const block_height height{any_height(random)};
    const nanoseconds begun = clock_now();
    const auto found = needed(store->block_by_height(height));
    latencies.get_ms.push_back(in_milliseconds(clock_now() - begun));
    if (!found) throw std::runtime_error("a block that was committed is not found");
  }
}

} // namespace bench
