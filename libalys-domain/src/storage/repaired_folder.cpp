// SPDX-License-Identifier: Apache-2.0
//
// Renamings, each durable before the next.
#include "repaired_folder.hpp"

#include "record_reader.hpp"

namespace alys::domain {
namespace {

namespace fs = std::filesystem;

class mover {
public:
  mover(disk& files, const fs::path& data, const std::string& name) : files_(files), data_(data), kept_(data / ("damaged-" + name)) {
    for (int again = 2; fs::exists(kept_); ++again) kept_ = data / ("damaged-" + name + "-" + std::to_string(again));
  }

  [[nodiscard]] result<fs::path> move() {
    leveldb::Status status;
    if (fs::exists(repaired_ / "chain") || fs::exists(repaired_ / "commits")) status = make_folder(aside_);
    if (status.ok()) status = exchange("chain");
    if (status.ok()) status = exchange("commits");
    const bool aside = fs::exists(aside_);
    if (status.ok() && aside) status = rename(aside_, kept_);
    if (status.ok() && files_.FileExists((repaired_ / "lock").string())) status = files_.RemoveFile((repaired_ / "lock").string());
    if (status.ok()) status = files_.RemoveDir(repaired_.string());
    if (status.ok()) status = files_.sync_folder(data_.string());
    if (!status.ok()) return error_of(status);
    return aside ? kept_ : fs::path{};
  }

private:
  // What lies in the data folder is the damaged one as long as the repaired one is not there.
  [[nodiscard]] leveldb::Status exchange(const char* what) {
    if (!fs::exists(repaired_ / what)) return {};
    auto status = fs::exists(data_ / what) ? rename(data_ / what, aside_ / what) : leveldb::Status{};
    return status.ok() ? rename(repaired_ / what, data_ / what) : status;
  }

  [[nodiscard]] leveldb::Status rename(const fs::path& from, const fs::path& to) {
    auto status = files_.RenameFile(from.string(), to.string());
    if (status.ok()) status = files_.sync_folder(to.parent_path().string());
    return status.ok() ? files_.sync_folder(from.parent_path().string()) : status;
  }

  [[nodiscard]] leveldb::Status make_folder(const fs::path& folder) {
    if (fs::exists(folder)) return {};
    const auto status = files_.CreateDir(folder.string());
    return status.ok() ? files_.sync_folder(folder.parent_path().string()) : status;
  }

  disk& files_;
  fs::path data_;
  fs::path kept_;
  fs::path repaired_ = repaired_folder(data_);
  fs::path aside_ = repaired_ / "damaged";
};

} // namespace

fs::path repaired_folder(const fs::path& data) { return data / "repaired"; }

bool has_repaired_folder(const fs::path& data) {
  std::error_code problem;
  return fs::exists(repaired_folder(data), problem);
}

result<fs::path> put_in_place(disk& files, const fs::path& data, const std::string& name) { return mover{files, data, name}.move(); }

} // namespace alys::domain
