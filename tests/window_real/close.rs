//! Asks a window to close as a window manager does (ICCCM 4.2.8.1, WM_DELETE_WINDOW).

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window};

/// Asks the windows of a process to close.
pub fn ask(process: u32) {
    let (connection, screen) = x11rb::connect(None).unwrap();
    let root = connection.setup().roots[screen].root;
    let atom = |name: &str| connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
    let (pid, protocols, delete) = (atom("_NET_WM_PID"), atom("WM_PROTOCOLS"), atom("WM_DELETE_WINDOW"));
    let belongs = |window: Window| {
        let property = connection.get_property(false, window, pid, AtomEnum::CARDINAL, 0, 1).unwrap().reply();
        property.ok().and_then(|p| p.value32()?.next()) == Some(process)
    };
    let windows = connection.query_tree(root).unwrap().reply().unwrap().children;
    for window in windows.into_iter().filter(|window| belongs(*window)) {
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        connection.send_event(false, window, EventMask::NO_EVENT, message).unwrap();
    }
    // A round trip: a busy server may drop what comes from a connection that is gone already.
    connection.get_input_focus().unwrap().reply().unwrap();
}
