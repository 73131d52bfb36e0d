//! The check on systems whose files have owners and modes.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt as _,
    path::Component,
};

use super::{AccessError, Path, PathBuf, Requirement, shell_quote};

/// The maximum number of symbolic links on the way to a file, as in Linux.
const MAX_LINKS: usize = 40;
/// The user ID of root.
const ROOT: u32 = 0;
/// The mode bits with which the group or others can read or write.
const GROUP_WRITE: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const ANY_ACCESS: u32 = 0o066;
/// The mode bit of a folder in which only the owner of an entry can replace it, such as `/tmp`.
const STICKY: u32 = 0o1000;

/// The check of one file for one user.
pub(super) struct Check<'a> {
    path: &'a Path,
    requirement: Requirement,
    user: u32,
    home: Option<PathBuf>,
}

impl<'a> Check<'a> {
    pub(super) fn new(path: &'a Path, requirement: Requirement) -> Self {
        let home = directories::BaseDirs::new().and_then(|dirs| dirs.home_dir().canonicalize().ok());
        Self { path, requirement, user: rustix::process::geteuid().as_raw(), home }
    }

    /// Follows the path as the kernel does, and checks everything that leads to the file.
    pub(super) fn run(&self) -> Result<(), AccessError> {
        let Ok(absolute) = std::path::absolute(self.path) else { return Ok(()) };
        let mut pending = reversed_components(&absolute);
        let (mut current, mut links) = (PathBuf::from("/"), 0);
        while let Some(name) = pending.pop() {
            if name == ".." {
                current.pop();
                continue;
            }
            let entry = current.join(&name);
            let Ok(metadata) = entry.symlink_metadata() else { return Ok(()) };
            if metadata.is_symlink() {
                self.check_owner(&entry, &metadata)?;
                links += 1;
                let Ok(target) = fs::read_link(&entry) else { return Ok(()) };
                if links > MAX_LINKS {
                    return Ok(());
                }
                if target.is_absolute() {
                    current = PathBuf::from("/");
                }
                pending.extend(reversed_components(&target));
            } else if metadata.is_dir() {
                self.check_folder(&entry, &metadata)?;
                current = entry;
            } else {
                return self.check_file(&entry, &metadata);
            }
        }
        Ok(())
    }

    /// Checks a folder, unless it is above the home folder.
    fn check_folder(&self, folder: &Path, metadata: &Metadata) -> Result<(), AccessError> {
        if self.home.as_deref().is_some_and(|home| home.starts_with(folder) && home != folder) {
            return Ok(());
        }
        self.check_owner(folder, metadata)?;
        if self.is_writable_by_others(metadata) && metadata.mode() & STICKY == 0 {
            return Err(AccessError::FolderWritable {
                path: self.path.to_owned(),
                folder: folder.to_owned(),
                fix: self.chmod("go-w", folder, metadata),
            });
        }
        Ok(())
    }

    fn check_file(&self, file: &Path, metadata: &Metadata) -> Result<(), AccessError> {
        self.check_owner(file, metadata)?;
        let path = self.path.to_owned();
        let accepted = match self.requirement {
            Requirement::Trusted => {
                return if self.is_writable_by_others(metadata) {
                    Err(AccessError::Writable { path, fix: self.chmod("go-w", self.path, metadata) })
                } else {
                    Ok(())
                };
            }
            Requirement::Secret if file.starts_with("/run/secrets") => 0o044,
            Requirement::Secret if metadata.uid() == ROOT => 0o040,
            Requirement::Secret | Requirement::Private => 0,
        };
        let is_lent = self.requirement == Requirement::Secret && metadata.uid() != self.user;
        let fix = self.chmod(if is_lent { "640" } else { "600" }, self.path, metadata);
        match metadata.mode() & ANY_ACCESS & !accepted {
            0 => Ok(()),
            mode if mode & 0o044 == 0 => Err(AccessError::Writable { path, fix }),
            _ => Err(AccessError::Readable { path, fix }),
        }
    }

    /// Returns the command that changes a mode.
    fn chmod(&self, change: &str, path: &Path, metadata: &Metadata) -> String {
        let sudo = if metadata.uid() == self.user { "" } else { "sudo " };
        format!("{sudo}chmod {change} {}", shell_quote(path))
    }

    fn check_owner(&self, entry: &Path, metadata: &Metadata) -> Result<(), AccessError> {
        let owner = metadata.uid();
        if owner == ROOT || owner == self.user {
            return Ok(());
        }
        let link = if metadata.is_symlink() { "-h " } else { "" };
        let fix = if self.user == ROOT {
            format!("chown {link}root {}", shell_quote(entry))
        } else {
            format!("sudo chown {link}\"$USER\" {}", shell_quote(entry))
        };
        Err(AccessError::ForeignOwner { entry: entry.to_owned(), owner, fix })
    }

    /// Returns whether somebody else can write. The group does not count if the user is its only member, as most
    /// Linux systems set it up, with a umask that lets the group write.
    fn is_writable_by_others(&self, metadata: &Metadata) -> bool {
        let mode = metadata.mode();
        if mode & OTHERS_WRITE != 0 {
            return true;
        }
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        mode & GROUP_WRITE != 0
            && !is_private_group(self.user, metadata.gid(), &read("/etc/passwd"), &read("/etc/group"))
    }
}

/// Returns the names of a relative or absolute path, the last one first.
fn reversed_components(path: &Path) -> Vec<OsString> {
    let is_name = |component: &Component<'_>| matches!(component, Component::Normal(_) | Component::ParentDir);
    path.components().rev().filter(is_name).map(|component| component.as_os_str().to_owned()).collect()
}

/// Returns whether the user is the only member of a group, according to the texts of `/etc/passwd` and `/etc/group`.
/// A group that is in neither, such as one of a directory service, is not private.
fn is_private_group(user: u32, group: u32, passwd: &str, groups: &str) -> bool {
    let (user, group) = (user.to_string(), group.to_string());
    let fields = |line: &str| -> Vec<String> { line.split(':').map(str::to_owned).collect() };
    let accounts: Vec<Vec<String>> = passwd.lines().map(fields).filter(|account| account.len() > 3).collect();
    let with_this_group = || accounts.iter().filter(|account| account[3] == group);
    let own_name = with_this_group().find(|account| account[2] == user).map(|account| account[0].as_str());
    let members: Option<String> =
        groups.lines().map(fields).find(|entry| entry.len() > 3 && entry[2] == group).map(|entry| entry[3].clone());
    let (Some(own_name), Some(members)) = (own_name, members) else { return false };
    with_this_group().all(|account| account[2] == user)
        && members.split(',').map(str::trim).all(|member| member.is_empty() || member == own_name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;
    use crate::file_access::check_access;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Creates a file in a folder of its own, both accessible by the owner only.
    fn private_file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        let file = folder.path().join("inner/file");
        fs::File::create(&file).unwrap();
        set_mode(&file, 0o600);
        (folder, file)
    }

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Returns the check of a file as another user than the one who runs the test.
    fn check_as(user: u32, path: &Path, requirement: Requirement) -> Result<(), AccessError> {
        Check { path, requirement, user, home: None }.run()
    }

    #[test]
    fn each_requirement_accepts_and_refuses_modes() {
        use Requirement::{Private, Secret, Trusted};
        let (_folder, file) = private_file();
        let group_of_root = if is_root() { "" } else { "read" };
        for (mode, trusted, private, secret) in [
            (0o600, "", "", ""),
            (0o400, "", "", ""),
            (0o700, "", "", ""),
            (0o640, "", "read", group_of_root),
            (0o644, "", "read", "read"),
            (0o604, "", "read", "read"),
            (0o602, "write", "write", "write"),
            (0o666, "write", "read", "read"),
        ] {
            set_mode(&file, mode);
            for (requirement, expected) in [(Trusted, trusted), (Private, private), (Secret, secret)] {
                let found = match check_access(&file, requirement) {
                    Ok(()) => "",
                    Err(AccessError::Readable { fix, .. }) => {
                        assert_eq!(fix, format!("chmod 600 {}", file.display()));
                        "read"
                    }
                    Err(AccessError::Writable { fix, .. }) => {
                        let change = if requirement == Trusted { "go-w" } else { "600" };
                        assert_eq!(fix, format!("chmod {change} {}", file.display()));
                        "write"
                    }
                    Err(other) => panic!("{other}"),
                };
                assert_eq!(found, expected, "{mode:o} {requirement:?}");
            }
        }
    }

    #[test]
    fn folder_that_others_can_write_is_refused_unless_it_is_sticky() {
        let (_folder, file) = private_file();
        let inner = file.parent().unwrap();
        set_mode(inner, 0o757);
        let error = check_access(&file, Requirement::Trusted).unwrap_err();
        assert_eq!(error.fix(), format!("chmod go-w {}", inner.display()));
        set_mode(inner, 0o1777);
        assert_eq!(check_access(&file, Requirement::Trusted), Ok(()));
    }

    #[test]
    fn symbolic_link_leads_to_the_checks_of_its_target() {
        let (folder, file) = private_file();
        let link = folder.path().join("link");
        symlink("inner/../inner/file", &link).unwrap();
        assert_eq!(check_access(&link, Requirement::Secret), Ok(()));
        set_mode(&file, 0o644);
        assert!(matches!(check_access(&link, Requirement::Secret), Err(AccessError::Readable { .. })));
        set_mode(&file, 0o600);
        set_mode(file.parent().unwrap(), 0o757);
        assert!(matches!(check_access(&link, Requirement::Secret), Err(AccessError::FolderWritable { .. })));
        symlink("loop", folder.path().join("loop")).unwrap();
        assert_eq!(check_access(&folder.path().join("loop"), Requirement::Secret), Ok(()), "it cannot be read");
    }

    #[test]
    fn file_of_another_user_is_refused_and_that_of_root_is_not() {
        let (_folder, file) = private_file();
        let own = rustix::process::geteuid().as_raw();
        let error = check_as(own + 1, &file, Requirement::Secret);
        if !is_root() {
            assert!(matches!(error, Err(AccessError::ForeignOwner { .. })), "{error:?}");
            return;
        }
        assert_eq!(error, Ok(()));
        set_mode(&file, 0o644);
        let error = check_as(4_711, &file, Requirement::Secret).unwrap_err();
        assert_eq!(error.fix(), format!("sudo chmod 640 {}", file.display()));
        set_mode(&file, 0o600);
        chown(&file, Some(4_711), None).unwrap();
        let error = check_access(&file, Requirement::Trusted).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{0} belongs to another user (user ID 4711); run: chown root {0}", file.display())
        );
        let error = check_as(4_712, &file, Requirement::Secret).unwrap_err();
        assert!(error.fix().starts_with("sudo chown \"$USER\" "), "{error}");
        assert_eq!(check_as(4_711, &file, Requirement::Secret), Ok(()));
    }

    #[test]
    fn link_that_another_user_has_put_into_a_shared_folder_is_refused() {
        let (folder, file) = private_file();
        let link = folder.path().join("link");
        symlink(&file, &link).unwrap();
        set_mode(folder.path(), 0o1777);
        assert_eq!(check_access(&link, Requirement::Secret), Ok(()));
        if is_root() {
            std::os::unix::fs::lchown(&link, Some(4_711), None).unwrap();
            let error = check_access(&link, Requirement::Secret).unwrap_err();
            assert_eq!(error.fix(), format!("chown -h root {}", link.display()));
        }
    }

    #[test]
    fn folders_above_the_home_folder_are_not_checked() {
        let (folder, file) = private_file();
        set_mode(folder.path(), 0o777);
        let check = |home: Option<&Path>| {
            let user = rustix::process::geteuid().as_raw();
            Check { path: &file, requirement: Requirement::Trusted, user, home: home.map(Path::to_owned) }.run()
        };
        assert!(check(None).is_err());
        assert!(check(Some(folder.path())).is_err());
        assert_eq!(check(file.parent()), Ok(()));
    }

    #[test]
    fn container_secrets_may_be_world_readable_but_not_writable() {
        let (_folder, file) = private_file();
        let check = |path: &str, mode| {
            set_mode(&file, mode);
            let metadata = file.metadata().unwrap();
            let check = Check { path: &file, requirement: Requirement::Secret, user: metadata.uid(), home: None };
            check.check_file(Path::new(path), &metadata).is_ok()
        };
        assert!(check("/run/secrets/word", 0o444));
        assert!(!check("/run/secrets/word", 0o666));
        assert!(!check("/run/secrets/word", 0o422));
        assert!(!check("/run/secretsx/word", 0o444));
        assert!(!check("/home/run/secrets/word", 0o444));
    }

    #[test]
    fn group_is_private_only_if_the_user_is_its_only_member() {
        let passwd = "anna:x:1000:1000::/home/anna:/bin/sh\nbob:x:1001:100::/:/bin/sh\n";
        let private = |passwd: &str, group: &str| is_private_group(1_000, 1_000, passwd, group);
        assert!(private(passwd, "anna:x:1000:\n"));
        assert!(private(passwd, "anna:x:1000:anna\n"));
        assert!(!private(passwd, "anna:x:1000:anna,www-data\n"));
        assert!(!private(passwd, "users:x:100:\n"), "the group is unknown");
        assert!(!private(&passwd.replace(":100:", ":1000:"), "anna:x:1000:\n"), "it is the group of bob, too");
        assert!(!is_private_group(1_001, 1_000, passwd, "anna:x:1000:\n"), "it is not the group of bob");
    }
}
