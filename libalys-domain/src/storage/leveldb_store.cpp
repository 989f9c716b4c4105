// SPDX-License-Identifier: Apache-2.0
//
// Reads. What an import writes is in leveldb_commit.cpp.
#include "leveldb_content.hpp"

#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace alys::domain {

namespace {

constexpr std::size_t write_buffer_bytes = std::size_t{16} << 20U;
constexpr int bloom_bits = 10;

[[nodiscard]] leveldb::Options options_of(const leveldb::FilterPolicy& filter) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.write_buffer_size = write_buffer_bytes;
  options.filter_policy = &filter;
  return options;
}

} // namespace

error error_of(const leveldb::Status& status, const std::filesystem::path& folder) {
  const std::string text = folder.string() + ": " + status.ToString();
  if (status.IsCorruption())
    return fail(store_error::damaged, text + ". The folder is damaged: restore it from a copy, or move it away and let the node begin anew");
  return fail(store_error::io_failed, text);
}

result<std::shared_ptr<leveldb_store>> leveldb_store::open(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return fail(store_error::unreadable, folder.string() + ": " + problem.message());
  auto lock = folder_lock::take(folder);
  if (!lock) return lock.error();

  auto c = std::make_unique<content>(folder, std::move(*lock));
  c->filter.reset(leveldb::NewBloomFilterPolicy(bloom_bits));
  leveldb::DB* opened = nullptr;
  if (const auto status = leveldb::DB::Open(options_of(*c->filter), (folder / "chain").string(), &opened); !status.ok())
    return status.IsIOError() ? fail(store_error::unreadable, folder.string() + ": " + status.ToString()) : error_of(status, folder);
  c->db.reset(opened);
  if (auto checked = c->check_schema(); !checked) return checked.error();
  if (auto numbered = c->find_last_journal_number(); !numbered) return numbered.error();
  return std::shared_ptr<leveldb_store>{new leveldb_store(std::move(c))};
}

leveldb_store::leveldb_store(std::unique_ptr<content> c) noexcept : content_(std::move(c)) {}
leveldb_store::~leveldb_store() = default;

result<void> leveldb_store::content::check_schema() {
  const bytes key = key_of(store_table::schema);
  const auto stored = read(key);
  if (!stored) return stored.error();
  canonical_writer version;
  version.u32(store_schema_version);
  if (!*stored) {
    // Only an empty database may have no version.
    const std::unique_ptr<leveldb::Iterator> any{db->NewIterator(checked_reads())};
    any->SeekToFirst();
    if (!any->status().ok()) return error_of(any->status(), folder);
    if (any->Valid()) return fail(store_error::damaged, folder.string() + ": records without a schema version; this is no folder of this program, or it is damaged");
    leveldb::WriteBatch batch;
    put(batch, key, version.content());
    return write(batch, true);
  }
  canonical_reader in{**stored};
  const std::uint32_t found = in.u32();
  if (!in.finish()) return fail(store_error::damaged, folder.string() + ": the schema version does not decode");
  if (found > store_schema_version)
    return fail(store_error::newer_schema, folder.string() + ": written with schema version " + std::to_string(found) + ", and this program knows " +
                                               std::to_string(store_schema_version) + ": use the newer program");
  return {};
}

result<std::optional<bytes>> leveldb_store::content::read(bytes_view key) const {
  std::string record;
  const auto status = db->Get(checked_reads(), slice_of(key), &record);
  if (status.IsNotFound()) return std::optional<bytes>{};
  if (!status.ok()) return error_of(status, folder);
  auto inside = open_record(key, bytes_of(record));
  if (!inside) return fail(store_error::damaged, folder.string() + ": " + inside.error().text());
  return std::optional{to_bytes(*inside)};
}

result<std::optional<chain_progress>> leveldb_store::progress() const { return content_->read_as<chain_progress>(key_of(store_table::progress), decode_progress); }

result<std::optional<stored_block>> leveldb_store::block_by_id(const block_id& id) const {
  const auto raw = content_->read(key_of(store_table::block, id.view()));
  if (!raw) return raw.error();
  if (!*raw) return std::optional<stored_block>{};
  auto decoded = block_from_protobuf(**raw);
  if (!decoded) return fail(store_error::damaged, "block " + to_hex(id) + " does not decode: " + decoded.error().message());
  auto receipts = content_->read_as<std::vector<receipt>>(key_of(store_table::receipts, id.view()), decode_receipts);
  if (!receipts) return receipts.error();
  if (!*receipts) return fail(store_error::damaged, "block " + to_hex(id) + " has no receipts");
  const auto at = progress();
  if (!at) return at.error();
  const auto on_chain = content_->read_id(key_of(store_table::height, decoded->header.height.value()));
  if (!on_chain) return on_chain.error();
  const bool final = *at && decoded->header.height <= (*at)->last_final.height && *on_chain == id;
  return std::optional{stored_block{std::move(*decoded), std::move(**receipts), final}};
}

result<std::optional<block_id>> leveldb_store::content::read_id(bytes_view key) const {
  const auto raw = read(key);
  if (!raw) return raw.error();
  if (!*raw) return std::optional<block_id>{};
  const auto id = block_id::from(**raw);
  if (!id) return fail(store_error::damaged, "an index holds no block id");
  return std::optional{*id};
}

result<std::optional<stored_block>> leveldb_store::block_by_height(block_height height) const { return by_index(key_of(store_table::height, height.value())); }
result<std::optional<stored_block>> leveldb_store::block_by_payload(const hash256& payload_hash) const { return by_index(key_of(store_table::payload, payload_hash.view())); }

result<std::optional<stored_block>> leveldb_store::by_index(bytes_view key) const {
  const auto id = content_->read_id(key);
  if (!id) return id.error();
  if (!*id) return std::optional<stored_block>{};
  auto found = block_by_id(**id);
  if (found && !*found) return fail(store_error::damaged, "block " + to_hex(**id) + " is in an index and missing");
  return found;
}

result<std::optional<transaction_place>> leveldb_store::find_transaction(const hash256& hash) const {
  return content_->read_as<transaction_place>(key_of(store_table::transaction, hash.view()), decode_place);
}

result<std::vector<journaled_transaction>> leveldb_store::journaled() const {
  std::vector<journaled_transaction> all;
  const std::unique_ptr<leveldb::Iterator> at{content_->db->NewIterator(checked_reads())};
  const bytes first = key_of(store_table::journal);
  for (at->Seek(slice_of(first)); at->Valid() && at->key().starts_with(slice_of(first)); at->Next()) {
    const auto inside = open_record(bytes_of(at->key().ToString()), bytes_of(std::string_view{at->value().data(), at->value().size()}));
    if (!inside) return inside.error();
    auto decoded = decode_journaled(*inside);
    if (!decoded) return decoded.error();
    all.push_back(std::move(*decoded));
  }
  if (!at->status().ok()) return error_of(at->status(), content_->folder);
  return all;
}

result<std::optional<bytes>> leveldb_store::node(const hash256& hash) const {
  std::string rlp;
  const bytes key = key_of(store_table::node, hash.view());
  const auto status = content_->db->Get(checked_reads(), slice_of(key), &rlp);
  if (status.IsNotFound()) return std::optional<bytes>{};
  if (!status.ok()) return error_of(status, content_->folder);
  // A node's key is its checksum.
  if (keccak256(bytes_of(rlp)) != hash) return fail(store_error::damaged, content_->folder.string() + ": state node " + to_hex(hash) + " has other contents");
  return std::optional{to_bytes(bytes_of(rlp))};
}

std::uint64_t leveldb_store::interrupted_imports() const noexcept { return content_->lock.was_importing() ? 1 : 0; }

} // namespace alys::domain
