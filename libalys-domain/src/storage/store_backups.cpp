// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/storage/store_backups.hpp>

#include <future>
#include <thread>

namespace alys::domain {

namespace {

// What went wrong with the copy concerns whoever wanted it; what went wrong with the store concerns the node.
[[nodiscard]] result<made_backup> make(const leveldb_store& store, const std::filesystem::path& folder, const std::stop_token& stop) {
  const auto copied = store.copy_to(folder, stop);
  if (copied && copied->progress) return made_backup{folder.string(), copied->progress->head, copied->bytes};
  if (const auto well = store.progress(); !well) return well.error();
  if (copied) return refuse(backup_refusal::not_made, "the store is empty");
  if (copied == store_error::interrupted) return refuse(backup_refusal::interrupted, "the node stops");
  return refuse(backup_refusal::not_made, copied.error().text());
}

class copying final : public backup_in_work {
public:
  copying(std::shared_ptr<const leveldb_store> store, std::filesystem::path folder) {
    std::packaged_task<result<made_backup>(std::stop_token)> work{
        [from = std::move(store), to = std::move(folder)](const std::stop_token& stop) { return make(*from, to, stop); }};
    made_ = work.get_future();
    thread_ = std::jthread{std::move(work)};
  }

  std::optional<result<made_backup>> outcome() override {
    if (made_.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return std::nullopt;
    return made_.get();
  }

private:
  std::future<result<made_backup>> made_;
  std::jthread thread_;
};

} // namespace

result<std::unique_ptr<backup_in_work>> store_backups::begin(const std::optional<std::string>& name) {
  const std::string called = name ? *name : backup_name_at(to_unix(std::chrono::system_clock::now()));
  if (auto good = check_backup_name(called); !good) return good.error();
  return std::unique_ptr<backup_in_work>{std::make_unique<copying>(store_, folder_ / called)};
}

} // namespace alys::domain
