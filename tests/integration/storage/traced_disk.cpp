// SPDX-License-Identifier: Apache-2.0
//
// Records and fails.
#include "traced_disk.hpp"

#include <chrono>
#include <memory>
#include <system_error>

namespace alys::test {
namespace {

using kind = disk_step::kind;

[[nodiscard]] bool needs_room(kind what) {
  return what == kind::make_folder || what == kind::make_file || what == kind::append || what == kind::overwrite;
}

[[nodiscard]] leveldb::Status error(const std::string& path, std::errc why) {
  return leveldb::Status::IOError(path, std::make_error_code(why).message());
}

} // namespace

void traced_disk::fail_at(std::size_t step, fault how) {
  const std::lock_guard guard(mutex_);
  fail_at_ = step;
  how_ = how;
}

bool traced_disk::has_failed() const {
  const std::lock_guard guard(mutex_);
  return failed_;
}

std::vector<disk_step> traced_disk::steps() const {
  const std::lock_guard guard(mutex_);
  return steps_;
}

std::size_t traced_disk::count() const {
  const std::lock_guard guard(mutex_);
  return steps_.size();
}

// LevelDB synchronises its list of tables once it has opened them, and again when it has merged some.
bool traced_disk::wait_for_merge() const {
  std::unique_lock guard(mutex_);
  return changed_.wait_for(guard, std::chrono::seconds{60}, [&] { return failed_ || list_syncs_ >= 2; });
}

std::string traced_disk::named(const std::string& path) const {
  const std::string name = std::filesystem::path{path}.lexically_relative(folder_).string();
  return name == "." ? "" : name;
}

template <class Call>
leveldb::Status traced_disk::step(disk_step what, Call&& call) {
  const std::lock_guard guard(mutex_);
  const std::size_t number = asked_++;
  const bool full = how_ == fault::full;
  if (number == fail_at_ || (full && failed_ && needs_room(what.what))) {
    if (full && !needs_room(what.what)) { // it was to be full from here on
      ++fail_at_;
    } else {
      failed_ = true;
      changed_.notify_all();
      if (how_ == fault::half) {
        if (what.what == kind::append) what.data.resize(what.data.size() / 2);
        if (call(what.data).ok()) steps_.push_back(what);
      }
      return error(what.path, full ? std::errc::no_space_on_device : std::errc::io_error);
    }
  }
  leveldb::Status status = call(what.data);
  if (!status.ok()) return status;
  if (what.path.find("MANIFEST") != std::string::npos) {
    if (what.what == kind::make_file) list_syncs_ = 0;
    if (what.what == kind::sync_file) ++list_syncs_;
    changed_.notify_all();
  }
  steps_.push_back(std::move(what));
  return status;
}

class traced_disk::file final : public leveldb::WritableFile {
public:
  file(traced_disk& on, std::string path, leveldb::WritableFile* inner) : on_(on), path_(std::move(path)), inner_(inner) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    return on_.step({kind::append, path_, {}, data.ToString()}, [&](const std::string& kept) { return inner_->Append(kept); });
  }
  leveldb::Status Close() override { return inner_->Close(); }
  leveldb::Status Flush() override { return inner_->Flush(); }
  leveldb::Status Sync() override {
    return on_.step({kind::sync_file, path_}, [&](const std::string&) { return inner_->Flush(); });
  }

private:
  traced_disk& on_;
  std::string path_;
  std::unique_ptr<leveldb::WritableFile> inner_;
};

leveldb::Status traced_disk::NewWritableFile(const std::string& path, leveldb::WritableFile** made) {
  std::unique_ptr<leveldb::WritableFile> opened;
  auto done = step({kind::make_file, named(path)}, [&](const std::string&) {
    leveldb::WritableFile* inner = nullptr;
    auto status = disk::NewWritableFile(path, &inner);
    if (status.ok()) opened = std::make_unique<file>(*this, named(path), inner);
    return status;
  });
  *made = done.ok() ? opened.release() : nullptr; // one that was made, and reported as failed, is nobody's
  return done;
}

leveldb::Status traced_disk::RemoveFile(const std::string& path) {
  return step({kind::remove_file, named(path)}, [&](const std::string&) { return disk::RemoveFile(path); });
}

leveldb::Status traced_disk::CreateDir(const std::string& path) {
  return step({kind::make_folder, named(path)}, [&](const std::string&) { return disk::CreateDir(path); });
}

leveldb::Status traced_disk::RemoveDir(const std::string& path) {
  return step({kind::remove_folder, named(path)}, [&](const std::string&) { return disk::RemoveDir(path); });
}

leveldb::Status traced_disk::RenameFile(const std::string& from, const std::string& to) {
  if (from.ends_with("/LOG")) return disk::RenameFile(from, to); // what LevelDB tells people, by other ways than its Env
  return step({kind::rename, named(from), named(to)}, [&](const std::string&) { return disk::RenameFile(from, to); });
}

leveldb::Status traced_disk::sync_folder(const std::string& path) {
  return step({kind::sync_folder, named(path)}, [](const std::string&) { return leveldb::Status{}; });
}

leveldb::Status traced_disk::overwrite(const std::string& path, const leveldb::Slice& data) {
  return step({kind::overwrite, named(path), {}, data.ToString()}, [&](const std::string& kept) { return disk::overwrite(path, kept); });
}

leveldb::Status traced_disk::sync_file(const std::string& path) {
  return step({kind::sync_file, named(path)}, [](const std::string&) { return leveldb::Status{}; });
}

} // namespace alys::test
