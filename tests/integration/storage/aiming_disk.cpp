// SPDX-License-Identifier: Apache-2.0
//
// Counting steps, and stopping.
#include "aiming_disk.hpp"

#include <unistd.h>

#include <memory>

namespace alys::test {

void aiming_disk::enter(life_phase phase) {
  const std::lock_guard guard(mutex_);
  phase_ = phase;
}

void aiming_disk::count_import() {
  const std::lock_guard guard(mutex_);
  ++imports_;
}

bool aiming_disk::is_reached() {
  const life_phase now = std::this_thread::get_id() == worker_ ? phase_ : life_phase::merging;
  if (now != aim_.phase) return false;
  const bool of_imports = now == life_phase::between || now == life_phase::committing;
  return (!of_imports || imports_ >= aim_.imports) && steps_++ == aim_.step;
}

leveldb::Status aiming_disk::step(const char* what, const std::function<leveldb::Status()>& take, const std::function<void()>& half) {
  const std::lock_guard guard(mutex_);
  if (!is_reached()) return take();
  if (aim_.half && half) half();
  const std::string line = "stopped " + to_string(aim_.phase) + " " + what + "\n";
  (void)!::write(STDOUT_FILENO, line.data(), line.size()); // whoever does not hear it sees that nothing comes
  for (;;) ::pause();                                      // and nobody else takes a step: the lock is held
}

class aiming_disk::file final : public leveldb::WritableFile {
public:
  file(aiming_disk& on, leveldb::WritableFile* inner) : on_(on), inner_(inner) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    return on_.step(
        "append", [&] { return inner_->Append(data); },
        [&] {
          if (inner_->Append({data.data(), data.size() / 2}).ok()) (void)inner_->Flush();
        });
  }
  leveldb::Status Close() override { return inner_->Close(); }
  leveldb::Status Flush() override { return inner_->Flush(); }
  leveldb::Status Sync() override {
    return on_.step("sync", [&] { return inner_->Sync(); });
  }

private:
  aiming_disk& on_;
  std::unique_ptr<leveldb::WritableFile> inner_;
};

leveldb::Status aiming_disk::NewWritableFile(const std::string& path, leveldb::WritableFile** made) {
  *made = nullptr;
  return step("make_file", [&] {
    leveldb::WritableFile* inner = nullptr;
    auto status = disk::NewWritableFile(path, &inner);
    if (status.ok()) *made = new file(*this, inner);
    return status;
  });
}

leveldb::Status aiming_disk::RemoveFile(const std::string& path) {
  return step("remove_file", [&] { return disk::RemoveFile(path); });
}

leveldb::Status aiming_disk::CreateDir(const std::string& path) {
  return step("make_folder", [&] { return disk::CreateDir(path); });
}

leveldb::Status aiming_disk::RemoveDir(const std::string& path) {
  return step("remove_folder", [&] { return disk::RemoveDir(path); });
}

leveldb::Status aiming_disk::RenameFile(const std::string& from, const std::string& to) {
  return step("rename", [&] { return disk::RenameFile(from, to); });
}

leveldb::Status aiming_disk::sync_folder(const std::string& path) {
  return step("sync_folder", [&] { return disk::sync_folder(path); });
}

leveldb::Status aiming_disk::overwrite(const std::string& path, const leveldb::Slice& data) {
  return step("overwrite", [&] { return disk::overwrite(path, data); });
}

leveldb::Status aiming_disk::sync_file(const std::string& path) {
  return step("sync_file", [&] { return disk::sync_file(path); });
}

} // namespace alys::test
