//! Executes effects on the terminal, on other programs, and on the program itself. What needs the terminal is left
//! for the event loop.

use std::path::PathBuf;

use super::{EffectHandler, file_service::FileRequest};
use crate::{app::ShellEffect, model::settings::Settings};

/// What the event loop has to do after an effect or an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LoopAction {
    /// Nothing.
    Continue,
    /// Redraw the whole screen.
    Redraw,
    /// Apply these settings to the screen and the keys.
    ApplySettings(Box<Settings>),
    /// Copy this text to the clipboard of the terminal.
    CopyToClipboard(String),
    /// Restore the terminal and suspend the process.
    Suspend,
    /// Open this file at this line in the user's editor.
    EditFile(PathBuf, usize),
    /// Open this text in the user's editor.
    EditText(String),
    /// Leave the event loop.
    Quit,
}

impl EffectHandler {
    /// Executes an effect. Returns what is left for the event loop to do.
    pub(super) fn execute_shell_effect(&mut self, effect: ShellEffect) -> LoopAction {
        match effect {
            ShellEffect::OpenUrl(address) => self.open_url(address),
            ShellEffect::SavePayload(path, payload) => self.save_payload(path, payload),
            ShellEffect::ReadPayload(file) => self.read_payload(file),
            ShellEffect::OpenInEditor(path, tile) => {
                self.queue_file_request(FileRequest::FindTile(path, tile));
            }
            #[cfg(feature = "demo")]
            ShellEffect::StartDemo => self.start_demo(),
            #[cfg(feature = "demo")]
            ShellEffect::PressDemoButton(long) => {
                if let Some(demo) = &self.demo {
                    demo.press_button(if long {
                        crate::demo::ButtonPress::Long
                    } else {
                        crate::demo::ButtonPress::Short
                    });
                }
            }
            // No key is bound to these actions in a build without the demo.
            #[cfg(not(feature = "demo"))]
            ShellEffect::StartDemo | ShellEffect::PressDemoButton(_) => {}
            ShellEffect::CopyToClipboard(text) => return LoopAction::CopyToClipboard(text),
            ShellEffect::EditText(text) => return LoopAction::EditText(text),
            ShellEffect::Redraw => return LoopAction::Redraw,
            ShellEffect::Suspend => return LoopAction::Suspend,
            ShellEffect::Quit => return LoopAction::Quit,
        }
        LoopAction::Continue
    }
}
