<?php
// "?wait=2" is a page that takes its time.
$wait = (int) ($_GET['wait'] ?? 0);
if ($wait > 0) {
	file_put_contents('php://stderr', "a visitor waits\n");
	sleep($wait);
}
echo 'served by PHP in process ', getmypid(), "\n";
